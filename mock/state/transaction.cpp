#include "mock/state/transaction.h"

#include <algorithm>

#include "contracts/src/model/template_words.h"
#include "mock/records/index_key.h"

namespace understudy {

Record Transaction::find(std::string_view collection, std::string_view id) const {
  if (writes_.empty()) return store_->find(collection, id);
  const auto own = writes_.find({std::string(collection), store_->id_key(collection, id)});
  return own != writes_.end() ? own->second.record : store_->find(collection, id);
}

bool Transaction::contains(std::string_view collection, std::string_view id) const {
  if (writes_.empty()) return store_->contains(collection, id);
  const auto own = writes_.find({std::string(collection), store_->id_key(collection, id)});
  return own != writes_.end() ? own->second.record != nullptr : store_->contains(collection, id);
}

Record Transaction::find_by(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const {
  if (writes_.empty()) return store_->find_by(collection, keys, values);
  const std::string wanted = index_key(values);
  for (const auto& [place, own] : writes_) {
    if (place.first == collection && own.record != nullptr && index_key(*own.record, keys) == wanted) return own.record;
  }
  Record stored = store_->find_by(collection, keys, values);
  if (stored == nullptr) return nullptr;
  // A record that this transaction replaced or removed no longer counts.
  const auto own = writes_.find({std::string(collection), store_->key_of(collection, *stored)});
  return own == writes_.end() ? stored : nullptr;
}

std::vector<Record> Transaction::list(std::string_view collection, const Store::IsWanted& is_wanted) const {
  if (writes_.empty()) return store_->list(collection, is_wanted);
  std::vector<Record> records;
  const auto add = [&](Record record) {
    if (record != nullptr && (is_wanted == nullptr || is_wanted(*record))) records.push_back(std::move(record));
  };
  store_->visit(collection, [&](const std::string& id, const auto& read) {
    const auto own = writes_.find({std::string(collection), store_->id_key(collection, id)});
    add(own == writes_.end() ? read() : own->second.record);
  });
  for (const auto* written : in_order()) {
    const auto& [place, own] = *written;
    if (place.first == collection && !store_->contains(collection, place.second)) add(own.record);
  }
  return records;
}

std::vector<Record> Transaction::select(const std::string& collection, const std::string& member, const Json& value,
                                        std::size_t most) const {
  if (writes_.empty() && store_->count(collection) == 0) return {};
  const auto definition = store_->contract().collections.find(collection);
  const bool is_id = definition != store_->contract().collections.end() && definition->second.id_member == member;
  if (!is_id || !value.is_string()) {
    const Json where = {{member, value}};
    return select(collection, where, most);
  }
  Record one = find(collection, value.get_ref<const std::string&>());
  return one == nullptr ? std::vector<Record>{} : std::vector{std::move(one)};
}

std::vector<Record> Transaction::select(const std::string& collection, const Json& where, std::size_t most) const {
  const auto& collections = store_->contract().collections;
  const auto definition = collections.find(collection);
  const auto id = where.is_object() && definition != collections.end() ? where.find(definition->second.id_member) : where.end();
  if (where.is_object() && where.size() == 1 && id != where.end() && id->is_primitive()) {  // the usual case, without a search
    Record one = find(collection, as_text(*id));
    return one == nullptr ? std::vector<Record>{} : std::vector{std::move(one)};
  }
  const bool is_written = std::ranges::any_of(writes_, [&](const auto& written) { return written.first.first == collection; });
  auto found = is_written || !where.is_object() || where.empty() ? std::nullopt : store_->find_equal(collection, where);
  if (!found) {
    found = list(collection, [&](const Json& record) { return has_members(record, where); });
  }
  if (found->size() > most) found->resize(most);
  return *std::move(found);
}

bool Transaction::is_empty(std::string_view collection) const {
  return store_->count(collection) == 0 && std::ranges::none_of(writes_, [&](const auto& one) { return one.first.first == collection; });
}

bool Transaction::has_record(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const {
  return find_by(collection, keys, values) != nullptr;
}

bool Transaction::is_seeded(std::string_view collection) const { return store_->is_seeded(collection); }

void Transaction::put(std::string_view collection, Json record) {
  std::string key = store_->key_of(collection, record);
  write(collection, std::move(key), make_record(std::move(record)));
}

bool Transaction::remove(std::string_view collection, std::string_view id) {
  if (!contains(collection, id)) return false;
  write(collection, store_->id_key(collection, id), nullptr);
  return true;
}

void Transaction::write(std::string_view collection, std::string key, Record record) {
  const std::size_t order = writes_.size();  // nothing is taken out
  const auto [written, is_new] = writes_.try_emplace({std::string(collection), std::move(key)});
  if (is_new) written->second.order = order;
  written->second.record = std::move(record);
}

std::int64_t Transaction::growth() const {
  std::int64_t growth = 0;
  for (const auto& [place, own] : writes_) {
    const bool existed = store_->contains(place.first, place.second);
    growth += static_cast<int>(own.record != nullptr) - static_cast<int>(existed);
  }
  return growth;
}

boost::container::small_vector<const Transaction::Writes::value_type*, 8> Transaction::in_order() const {
  boost::container::small_vector<const Writes::value_type*, 8> list;
  for (const auto& written : writes_) list.push_back(&written);
  std::ranges::sort(list, {}, [](const auto* written) { return written->second.order; });
  return list;
}

RecordWrites Transaction::commit(LiveState& live) {
  const std::string& api = store_->contract().api;
  RecordWrites shown;
  for (const auto* written : in_order()) {
    const auto& [collection, key] = written->first;
    const Record& record = written->second.record;
    if (record == nullptr) {
      const Record before = store_->find(collection, key);
      if (before == nullptr) continue;
      shown.push_back({RecordWrite::Kind::removed, collection, record_id(store_->contract(), collection, *before)});
      live.write(change::RecordRemoved{.api = api, .collection = collection, .id = key});
    } else {
      const bool is_new = !store_->contains(collection, key);
      shown.push_back({is_new ? RecordWrite::Kind::created : RecordWrite::Kind::updated, collection,
                       record_id(store_->contract(), collection, *record)});
      live.write(change::RecordStored{.api = api,
                                      .collection = collection,
                                      .id = shown.back().id,
                                      .record = PackedRecord(*record),
                                      .is_new = is_new,
                                      .value = record.get()});
    }
  }
  writes_.clear();
  return shown;
}

void Transaction::store_into(Store& trial) const {
  for (const auto* written : in_order()) {
    const auto& [collection, key] = written->first;
    const Record& record = written->second.record;
    if (record == nullptr)
      trial.remove(collection, key);
    else
      trial.put(collection, *record);
  }
}

}  // namespace understudy
