#include "mock/records/store.h"

#include <algorithm>
#include <future>
#include <ranges>
#include <utility>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/template_words.h"
#include "mock/records/index_key.h"

namespace understudy {
namespace {

constexpr std::size_t kMostTextIndexes = 16;  // of a table: a request may choose what is compared
constexpr std::size_t kFew = 64;              // records whose values stay
constexpr std::size_t kMany = 100'000;        // records: to restore them is work for two threads

std::size_t hash_of(const std::string& key) { return std::hash<std::string>()(key); }

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
  return serial == table->by_id.end() ? nullptr : table->value_of(serial->second);
}

bool Store::contains(std::string_view collection, std::string_view id) const {
  const Table* table = find_table(collection);
  return table != nullptr && table->by_id.contains(id_key(collection, id));
}

const Store::Table::Index& Store::Table::index_of(const std::vector<std::string>& keys) const {
  if (std::exchange(has_gaps, false)) indexes.clear();
  const auto [index, is_new] = indexes.try_emplace(keys);
  if (is_new) {
    for (const auto& entry : by_age) {
      const PackedRecord& record = read(entry);
      if (record.is_same_block(unreadable()))
        has_gaps = true;
      else
        index->second.emplace(hash_of(index_key(*value_of(entry), keys)), entry.first);
    }
  }
  return index->second;
}

Record Store::find_by(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const {
  const Table* table = find_table(collection);
  if (table == nullptr) return nullptr;
  const std::string wanted = index_key(values);
  const auto [first, last] = table->index_of(keys).equal_range(hash_of(wanted));
  for (auto hit = first; hit != last; ++hit) {
    Record record = table->value_of(hit->second);
    if (index_key(*record, keys) == wanted) return record;  // two keys may have one hash
  }
  return nullptr;
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
  const auto [first, last] = table->index_of(keys).equal_range(hash_of(wanted));
  std::vector<std::uint64_t> serials;
  for (auto hit = first; hit != last; ++hit) serials.push_back(hit->second);
  std::ranges::sort(serials);
  std::vector<Record> found;
  for (const std::uint64_t serial : serials) {
    Record record = table->value_of(serial);
    if (has_members(*record, where)) found.push_back(std::move(record));  // texts of several values may look alike
  }
  return found;
}

std::vector<Record> Store::page(std::string_view collection, std::size_t skipped, std::size_t most, bool newest_first) const {
  std::vector<Record> records;
  const Table* table = find_table(collection);
  if (table == nullptr || skipped >= table->by_age.size()) return records;
  records.reserve(std::min(most, table->by_age.size() - skipped));
  const auto take = [&](auto at, auto end) {
    std::advance(at, skipped);
    for (; at != end && records.size() < most; ++at) records.push_back(table->value_of(*at));
  };
  if (newest_first)
    take(table->by_age.rbegin(), table->by_age.rend());
  else
    take(table->by_age.begin(), table->by_age.end());
  return records;
}

std::vector<Record> Store::list(std::string_view collection, const IsWanted& is_wanted) const {
  std::vector<Record> records;
  const Table* table = find_table(collection);
  if (table == nullptr) return records;
  if (is_wanted == nullptr) records.reserve(table->by_age.size());
  for (const auto& entry : table->by_age) {
    Record record = table->value_of(entry);
    if (is_wanted == nullptr || is_wanted(*record)) records.push_back(std::move(record));
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

void Store::put(std::string_view collection, const Json& record) {
  const std::string id = record_id(*contract_, collection, record);
  put(collection, id, PackedRecord(record), 0, &record);
}

void Store::mark_seeded(std::string_view collection, bool is_seeded) { writable(collection).seeded = is_seeded; }

std::vector<std::string> Store::collections() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

std::string Store::key_of(std::string_view collection, const Json& record) const {
  return id_key(collection, record_id(*contract_, collection, record));
}

void Store::put(std::string_view collection, std::string_view id, PackedRecord record, std::uint64_t serial, const Json* value) {
  Table& table = writable(collection);
  const std::string key = id_key(collection, id);
  if (serial == 0 || table.by_age.contains(serial)) serial = serial_ + 1;
  const auto [place, is_new] = table.by_id.try_emplace(key, serial);
  if (is_new)
    serial_ = std::max(serial_, serial);
  else
    unindex(table, place->second);
  if (record.is_same_block(unreadable())) {  // an exchange that has met it is taken back
    table.has_gaps = true;
    record = {};
  } else if (!table.indexes.empty()) {
    const Record read = value == nullptr ? record.read() : nullptr;
    for (auto& [keys, index] : table.indexes) index.emplace(hash_of(index_key(value == nullptr ? *read : *value, keys)), place->second);
  }
  table.by_age[place->second] = {std::string(id), std::move(record)};
  table.forget_value(place->second);
}

bool Store::remove(std::string_view collection, std::string_view id) {
  const Table* before = find_table(collection);
  if (before == nullptr || !before->by_id.contains(id_key(collection, id))) return false;
  Table& table = writable(collection);
  const auto place = table.by_id.find(id_key(collection, id));
  unindex(table, place->second);
  table.by_age.erase(place->second);
  table.forget_value(place->second);
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
  if (table.indexes.empty()) return;
  const Record record = table.value_of(serial);
  for (auto& [keys, index] : table.indexes) {
    const auto [first, last] = index.equal_range(hash_of(index_key(*record, keys)));
    const auto entry = std::find_if(first, last, [&](const auto& one) { return one.second == serial; });
    if (entry != last) index.erase(entry);
  }
}

std::vector<StoredRecord> Store::entries(std::string_view collection) const {
  std::vector<StoredRecord> entries;
  if (const Table* table = find_table(collection)) {
    for (const auto& entry : table->by_age) entries.push_back({.serial = entry.first, .id = entry.second.id, .record = table->read(entry)});
  }
  return entries;
}

std::optional<StoredRecord> Store::find_entry(std::string_view collection, std::string_view id) const {
  const Table* table = find_table(collection);
  if (table == nullptr) return std::nullopt;
  const auto serial = table->by_id.find(id_key(collection, id));
  if (serial == table->by_id.end()) return std::nullopt;
  const auto& entry = *table->by_age.find(serial->second);
  return StoredRecord{.serial = entry.first, .id = entry.second.id, .record = table->read(entry)};
}

void Store::restore(std::string_view collection, std::vector<StoredRecord> entries, bool is_seeded) {
  Table table{.seeded = is_seeded};
  const auto definition = contract_->collections.find(collection);
  const bool ignores_case = definition != contract_->collections.end() && definition->second.ignore_case;
  // A server that starts with many records answers earlier.
  auto ids = std::async(entries.size() < kMany ? std::launch::deferred : std::launch::async, [&] {
    table.by_id.reserve(entries.size());
    for (const StoredRecord& entry : entries) table.by_id.insert_or_assign(ignores_case ? to_lower(entry.id) : entry.id, entry.serial);
  });
  for (StoredRecord& entry : entries)
    table.by_age.insert_or_assign(table.by_age.end(), entry.serial, Entry{entry.id, std::move(entry.record)});
  ids.get();
  writable(collection) = std::move(table);
}

void Store::restore_unread(std::string_view collection, std::vector<StoredRecord> entries, const std::shared_ptr<RecordSource>& source) {
  restore(collection, std::move(entries), is_seeded(collection));
  writable(collection).source = source;
}

bool Store::read_ahead(std::size_t most) const {
  for (const auto& [name, table] : tables_) {
    if (table->source == nullptr) continue;
    auto entry = table->by_age.upper_bound(table->read_up_to);
    for (; entry != table->by_age.end() && most > 0; ++entry, --most) {
      table->read(*entry);
      table->read_up_to = entry->first;
    }
    if (entry != table->by_age.end()) return true;
    const auto is_unread = [](const auto& one) { return !one.second.record.has_value(); };
    if (std::ranges::none_of(table->by_age, is_unread)) table->source = nullptr;
  }
  return false;
}

const PackedRecord& Store::unreadable() {
  static const PackedRecord kUnreadable(Json::object());
  return kUnreadable;
}

const PackedRecord& Store::Table::read_entry(const Entries::value_type& entry) const {
  if (source != nullptr) entry.second.record = source->read(entry.first);
  return entry.second.record.has_value() ? entry.second.record : unreadable();
}

Record Store::Table::value_of(const Entries::value_type& entry) const {
  const PackedRecord& record = read(entry);
  if (by_age.size() > kFew || record.is_same_block(unreadable())) return record.read();
  Record& value = values[entry.first];
  if (value == nullptr) value = record.read();
  return value;
}

void Store::Table::forget_value(std::uint64_t serial) {
  if (by_age.size() > kFew)
    values.clear();
  else
    values.erase(serial);
}

void Store::Table::read_all() const {
  if (source == nullptr) return;
  for (const auto& entry : by_age) read(entry);
}

Store::Store(const Store& other) : contract_(other.contract_), serial_(other.serial_) {
  for (const auto& [name, table] : other.tables_) table->read_all();
  tables_ = other.tables_;
}

Store& Store::operator=(const Store& other) {
  if (this != &other) *this = Store(other);
  return *this;
}

void Store::copy_shared_tables() {
  for (auto& [name, table] : tables_) {
    if (table.use_count() == 1) continue;
    auto copy = std::make_shared<Table>();
    copy->by_age = table->by_age;
    copy->by_id = table->by_id;
    copy->seeded = table->seeded;
    table = std::move(copy);
  }
}

bool Store::shares_table(const Store& other, std::string_view collection) const {
  const Table* table = find_table(collection);
  return table != nullptr && table == other.find_table(collection);
}

bool Store::operator==(const Store& other) const {
  const auto is_same_entry = [](const auto& one, const auto& another) {
    return one.first == another.first && one.second.id == another.second.id && one.second.record == another.second.record;
  };
  const auto is_same_table = [&](const auto& one, const auto& another) {
    one.second->read_all();
    another.second->read_all();
    return one.first == another.first && one.second->seeded == another.second->seeded &&
           std::ranges::equal(one.second->by_age, another.second->by_age, is_same_entry);
  };
  const auto is_used = std::views::filter([](const auto& one) { return one.second->seeded || !one.second->by_age.empty(); });
  return serial_ == other.serial_ && std::ranges::equal(tables_ | is_used, other.tables_ | is_used, is_same_table);
}

}  // namespace understudy
