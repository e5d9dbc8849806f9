#include "mock/state/store.h"

#include <algorithm>
#include <limits>

#include "contracts/src/base/hash.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/regex.h"
#include "contracts/src/base/text.h"
#include "contracts/src/schema/sample.h"

namespace understudy {
namespace {

const Json kNull = nullptr;

// One text for a list of values, equal exactly when the values are: 150 and 150.0 are one number.
void append_key(const Json& value, std::string& key) {
  if (is_number(value))
    key += number_key(value);
  else
    append_json(value, key);
  key += '\n';
}

std::string index_key(const std::vector<Json>& values) {
  std::string key;
  for (const Json& value : values) append_key(value, key);
  return key;
}

// The first key of an index that compares values as has_members() does: 5 equals "5", and null an absent member.
constexpr const char* kAsText = "";
constexpr std::size_t kMostTextIndexes = 16;  // of a table: a request may choose what is compared

std::string text_key(const Json* value) { return value == nullptr || value->is_null() ? "\n" : "=" + compared_text(*value) + "\n"; }

std::string index_key(const Json& record, const std::vector<std::string>& pointers) {
  std::string key;
  if (!pointers.empty() && pointers.front() == kAsText) {
    for (std::size_t i = 1; i < pointers.size(); ++i) key += text_key(find_pointer(record, pointers[i]));
    return key;
  }
  for (const std::string& pointer : pointers) {
    const Json* value = find_pointer(record, pointer);
    append_key(value == nullptr ? kNull : *value, key);
  }
  return key;
}

constexpr int kMostDraws = 100;  // of an id whose pattern has few texts; then the number is the id

// The id for a number of the sequence: the number, as a text where the schema says so, or a text of its format or pattern.
Json make_id(const Contract& contract, const Collection& collection, std::int64_t number) {
  const Json& schema = collection.id_schema;
  if (schema.is_null() || schema.value("type", Json()) != "string") return number;
  const std::string plain = std::to_string(number);
  const Json pattern = schema.value("pattern", Json());
  const auto regex = Regex::compile(pattern.is_string() ? pattern.get_ref<const std::string&>() : std::string());
  const bool is_plain = !schema.contains("format") && (!regex || regex->search(plain) != Verdict::no);
  return is_plain ? Json(plain) : Sampler(contract.document, fnv1a(collection.sequence) + static_cast<std::uint64_t>(number)).make(&schema);
}

// A time as the member's schema writes it: RFC 3339, a date, or seconds.
Json write_time(const Contract& contract, const Json* schema, Time now) {
  schema = follow_refs(contract.document, schema);
  const auto is = [&](const char* word, const char* value) {
    return schema != nullptr && schema->is_object() && schema->value(word, Json()) == value;
  };
  if (is("type", "integer") || is("type", "number")) return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return is("format", "date") ? render_rfc3339(now).substr(0, 10) : render_rfc3339(now);
}

// Times, and what the model says: a new record gets all members that are not optional; a changed one what is required.
void follow_model(const Contract& contract, const Collection& collection, Json& record, Env& env, bool is_new) {
  const Json* model = find_pointer(contract.document, collection.model);
  Sampler sampler(contract.document, env.random.next());
  const auto members = sampler.members(model);
  const auto set_times = [&](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto member = members.find(name);
      if (!is_new || !record.contains(name))
        record[name] = write_time(contract, member == members.end() ? nullptr : member->second, env.clock.now());
    }
  };
  if (is_new) set_times(collection.created_times);
  set_times(collection.updated_times);
  for (const auto& [name, member] : members) {
    const Json* schema = follow_refs(contract.document, member);
    if (schema != nullptr && schema->is_object() && schema->contains("default") && !record.contains(name))
      record[name] = schema->at("default");
  }
  if (is_new) {
    const Json made = sampler.fit(Json::object(), model, true);
    for (const auto& [name, value] : made.items()) {
      if (!record.contains(name) && !collection.optional.contains(name)) record[name] = value;
    }
  }
  const Json fitted = sampler.fit(record, model, false);
  for (const auto& [name, value] : fitted.items()) record[name] = value;
}

}  // namespace

std::string record_id(const Contract& contract, std::string_view collection, const Json& record) {
  const auto found = contract.collections.find(collection);
  if (found == contract.collections.end() || !record.is_object()) return {};
  const auto id = record.find(found->second.id_member);
  return id == record.end() || id->is_null() ? std::string() : as_text(*id);
}

std::string Store::id_key(std::string_view collection, std::string_view id) const {
  const auto found = contract_->collections.find(collection);
  return found != contract_->collections.end() && found->second.ignore_case ? to_lower(id) : std::string(id);
}

const Store::Table* Store::find_table(std::string_view collection) const {
  const auto found = tables_.find(collection);
  return found == tables_.end() ? nullptr : found->second.get();
}

Store::Table& Store::writable(std::string_view collection) {
  ++writes_;
  std::shared_ptr<Table>& table = tables_[std::string(collection)];
  if (table == nullptr)
    table = std::make_shared<Table>();
  else if (table.use_count() > 1)
    table = std::make_shared<Table>(*table);
  return *table;
}

Record Store::find(std::string_view collection, std::string_view id) const {
  const Table* table = find_table(collection);
  if (table == nullptr) return nullptr;
  const auto serial = table->by_id.find(id_key(collection, id));
  return serial == table->by_id.end() ? nullptr : table->by_age.at(serial->second).second;
}

Record Store::find_by(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const {
  const Table* table = find_table(collection);
  if (table == nullptr) return nullptr;
  const auto [index, is_new] = table->indexes.try_emplace(keys);
  if (is_new) {
    for (const auto& [serial, entry] : table->by_age) index->second.emplace(index_key(*entry.second, keys), serial);
  }
  const auto hit = index->second.find(index_key(values));
  return hit == index->second.end() ? nullptr : table->by_age.at(hit->second).second;
}

std::optional<std::vector<Record>> Store::find_equal(std::string_view collection, const Json& where) const {
  const Table* table = find_table(collection);
  if (table == nullptr) return std::vector<Record>{};
  std::vector<std::string> keys = {kAsText};
  std::string wanted;
  for (const auto& [name, value] : where.items()) {
    if (value.is_structured() || names_elements(name)) return std::nullopt;
    keys.push_back(member_pointer(name));
    wanted += text_key(&value);
  }
  const auto text_indexes =
      std::ranges::count_if(table->indexes, [](const auto& index) { return !index.first.empty() && index.first.front() == kAsText; });
  if (!table->indexes.contains(keys) && static_cast<std::size_t>(text_indexes) >= kMostTextIndexes) return std::nullopt;
  const auto [index, is_new] = table->indexes.try_emplace(keys);
  if (is_new) {
    for (const auto& [serial, entry] : table->by_age) index->second.emplace(index_key(*entry.second, keys), serial);
  }
  const auto [first, last] = index->second.equal_range(wanted);
  std::vector<std::uint64_t> serials;
  for (auto hit = first; hit != last; ++hit) serials.push_back(hit->second);
  std::ranges::sort(serials);
  std::vector<Record> found;
  for (const std::uint64_t serial : serials) {
    const Record& record = table->by_age.at(serial).second;
    if (has_members(*record, where)) found.push_back(record);  // texts of several values may look alike
  }
  return found;
}

std::vector<Record> Store::list(std::string_view collection) const {
  std::vector<Record> records;
  if (const Table* table = find_table(collection)) {
    records.reserve(table->by_age.size());
    for (const auto& [serial, entry] : table->by_age) records.push_back(entry.second);
  }
  return records;
}

std::size_t Store::count(std::string_view collection) const {
  const Table* table = find_table(collection);
  return table == nullptr ? 0 : table->by_age.size();
}

bool Store::is_seeded(std::string_view collection) const {
  const Table* table = find_table(collection);
  return table != nullptr && table->seeded;
}

void Store::put(std::string_view collection, Json record) {
  const std::string id = record_id(*contract_, collection, record);
  put(collection, id, std::make_shared<const Json>(std::move(record)));
}

void Store::mark_seeded(std::string_view collection) { writable(collection).seeded = true; }

std::vector<std::string> Store::collections() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

std::string Store::key_of(std::string_view collection, const Json& record) const {
  return id_key(collection, record_id(*contract_, collection, record));
}

void Store::put(std::string_view collection, const std::string& id, Record record) {
  Table& table = writable(collection);
  const std::string key = id_key(collection, id);
  const auto [place, is_new] = table.by_id.try_emplace(key, serial_ + 1);
  if (is_new)
    ++serial_;
  else
    unindex(table, place->second);
  for (auto& [keys, index] : table.indexes) index.emplace(index_key(*record, keys), place->second);
  table.by_age[place->second] = {id, std::move(record)};
}

bool Store::remove(std::string_view collection, std::string_view id) {
  if (find(collection, id) == nullptr) return false;
  Table& table = writable(collection);
  const auto place = table.by_id.find(id_key(collection, id));
  unindex(table, place->second);
  table.by_age.erase(place->second);
  table.by_id.erase(place);
  return true;
}

std::size_t Store::size() const {
  std::size_t size = 0;
  for (const auto& [name, table] : tables_) size += table->by_age.size();
  return size;
}

std::size_t Store::clear(std::string_view collection) {
  const std::size_t removed = count(collection);
  if (removed == 0) return 0;
  Table& table = writable(collection);
  table = Table{.seeded = table.seeded};
  return removed;
}

void Store::unindex(Table& table, std::uint64_t serial) {
  const Json& record = *table.by_age.at(serial).second;
  for (auto& [keys, index] : table.indexes) {
    const auto [first, last] = index.equal_range(index_key(record, keys));
    const auto entry = std::find_if(first, last, [&](const auto& one) { return one.second == serial; });
    if (entry != last) index.erase(entry);
  }
}

Record Transaction::find(std::string_view collection, std::string_view id) const {
  if (writes_.empty()) return store_->find(collection, id);
  const auto own = writes_.find({std::string(collection), store_->id_key(collection, id)});
  return own != writes_.end() ? own->second : store_->find(collection, id);
}

Record Transaction::find_by(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const {
  if (writes_.empty()) return store_->find_by(collection, keys, values);
  const std::string wanted = index_key(values);
  for (const auto& [place, record] : writes_) {
    if (place.first == collection && record != nullptr && index_key(*record, keys) == wanted) return record;
  }
  Record stored = store_->find_by(collection, keys, values);
  if (stored == nullptr) return nullptr;
  // A record that this transaction replaced or removed no longer counts.
  const auto own = writes_.find({std::string(collection), store_->key_of(collection, *stored)});
  return own == writes_.end() ? stored : nullptr;
}

std::vector<Record> Transaction::list(std::string_view collection) const {
  std::vector<Record> records;
  for (Record& record : store_->list(collection)) {
    const auto own = writes_.find({std::string(collection), store_->key_of(collection, *record)});
    if (own == writes_.end())
      records.push_back(std::move(record));
    else if (own->second != nullptr)
      records.push_back(own->second);
  }
  for (const auto& written : order_) {
    const auto& [place, own] = *written;
    if (place.first == collection && own != nullptr && store_->find(collection, place.second) == nullptr) records.push_back(own);
  }
  return records;
}

std::vector<Record> Transaction::select(const std::string& collection, const Json& where, std::size_t most) const {
  const auto& collections = store_->contract().collections;
  const auto definition = collections.find(collection);
  const auto id = where.is_object() && definition != collections.end() ? where.find(definition->second.id_member) : where.end();
  if (where.is_object() && where.size() == 1 && id != where.end() && id->is_primitive()) {  // the usual case, without a search
    Record one = find(collection, as_text(*id));
    return one == nullptr ? std::vector<Record>{} : std::vector{std::move(one)};
  }
  const bool is_written = std::ranges::any_of(order_, [&](const auto& written) { return written->first.first == collection; });
  auto found = is_written || !where.is_object() || where.empty() ? std::nullopt : store_->find_equal(collection, where);
  if (!found) {
    found = list(collection);
    std::erase_if(*found, [&](const Record& record) { return !has_members(*record, where); });
  }
  if (found->size() > most) found->resize(most);
  return *std::move(found);
}

bool Transaction::has_record(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const {
  return find_by(collection, keys, values) != nullptr;
}

bool Transaction::is_seeded(std::string_view collection) const { return store_->is_seeded(collection); }

Json Transaction::complete(std::string_view collection, Json record, Env& env) const {
  const auto& collections = store_->contract().collections;
  const auto found = collections.find(collection);
  if (found == collections.end() || !record.is_object()) return record;
  const Collection& definition = found->second;
  for (auto given = definition.defaults.begin(); given != definition.defaults.end(); ++given) {
    if (!record.contains(given.key())) record[given.key()] = *given;
  }
  if (!definition.id_from.empty()) {
    const Json* from = find_pointer(record, definition.id_from);
    if (from != nullptr) record[definition.id_member] = Json(*from);
  } else if (!record.contains(definition.id_member)) {
    std::int64_t number = 0;
    Json id;
    int draws_left = kMostDraws;
    do {  // ids of seeded records are skipped
      number = env.ids.next(definition.sequence);
      id = make_id(store_->contract(), definition, number);
      if (--draws_left < 0 && id.is_string()) id = std::to_string(number);
    } while (number < std::numeric_limits<std::int64_t>::max() && find(collection, as_text(id)) != nullptr);
    if (!definition.id_at.empty() && find_pointer(record, definition.id_at) == nullptr) set_pointer(record, definition.id_at, Json(id));
    record[definition.id_member] = std::move(id);
  }
  if (!definition.model.empty()) follow_model(store_->contract(), definition, record, env, true);
  return record;
}

Record Transaction::create(std::string_view collection, Json record, Env& env) {
  auto stored = std::make_shared<const Json>(complete(collection, std::move(record), env));
  write(collection, store_->key_of(collection, *stored), stored);
  return stored;
}

void Transaction::put(std::string_view collection, Json record) {
  std::string key = store_->key_of(collection, record);
  write(collection, std::move(key), std::make_shared<const Json>(std::move(record)));
}

Json Transaction::update(std::string_view collection, Json record, Env& env) {
  const Contract& contract = store_->contract();
  const auto found = contract.collections.find(collection);
  if (found != contract.collections.end() && !found->second.model.empty()) follow_model(contract, found->second, record, env, false);
  put(collection, record);
  return record;
}

bool Transaction::remove(std::string_view collection, std::string_view id) {
  if (find(collection, id) == nullptr) return false;
  write(collection, store_->id_key(collection, id), nullptr);
  return true;
}

void Transaction::write(std::string_view collection, std::string key, Record record) {
  const auto [written, is_new] = writes_.try_emplace({std::string(collection), std::move(key)});
  if (is_new) order_.push_back(written);
  written->second = std::move(record);
}

std::int64_t Transaction::growth() const {
  std::int64_t growth = 0;
  for (const auto& [place, record] : writes_) {
    const bool existed = store_->find(place.first, place.second) != nullptr;
    growth += static_cast<int>(record != nullptr) - static_cast<int>(existed);
  }
  return growth;
}

std::vector<Change> Transaction::commit() {
  std::vector<Change> changes;
  for (const auto& written : order_) {
    const auto& [collection, key] = written->first;
    const Record& record = written->second;
    const Record before = store_->find(collection, key);
    if (record == nullptr) {
      if (before == nullptr) continue;
      changes.push_back({Change::Kind::removed, collection, record_id(store_->contract(), collection, *before)});
      store_->remove(collection, key);
    } else {
      const std::string id = record_id(store_->contract(), collection, *record);
      changes.push_back({before == nullptr ? Change::Kind::created : Change::Kind::updated, collection, id});
      store_->put(collection, id, record);
    }
  }
  writes_.clear();
  order_.clear();
  return changes;
}

}  // namespace understudy
