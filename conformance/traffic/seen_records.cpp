#include "conformance/traffic/seen_records.h"

#include "contracts/src/base/hash.h"
#include "contracts/src/base/number.h"

namespace understudy {
namespace {

std::string name_of(const std::string& collection, const std::string& id) { return collection + "\n" + id; }

std::uint64_t digest(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) {
  std::string text(collection);
  for (const auto& key : keys) text += "\n" + key;
  for (const Json* value : values) text += "\n" + (is_number(*value) ? number_key(*value) : render_json(*value));
  return fnv1a(text);
}

}  // namespace

void SeenRecords::add(const std::string& collection, const std::string& id, const std::vector<Row>& rows, const Json& body) {
  Record& record = records_[name_of(collection, id)];
  record.is_removed = false;
  for (const Row& row : rows) {
    if (row.verb != Verb::unique_in || row.argument.value("collection", "") != collection) continue;
    KeyValues values;
    for (const auto& key : row.keys) {
      if (const Json* value = find_pointer(body, key)) values.push_back(value);
    }
    if (values.size() != row.keys.size()) continue;
    record.keys.push_back(digest(collection, row.keys, values));
    ++keys_[record.keys.back()];
  }
}

void SeenRecords::remove(const std::string& collection, const std::string& id) {
  Record& record = records_[name_of(collection, id)];
  for (const auto key : record.keys) --keys_[key];
  record = {.is_removed = true, .keys = {}};
}

SeenRecords::State SeenRecords::find(const std::string& collection, const std::string& id) const {
  const auto found = records_.find(name_of(collection, id));
  if (found == records_.end()) return State::unknown;
  return found->second.is_removed ? State::removed : State::exists;
}

bool SeenRecords::has_record(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const {
  const auto found = keys_.find(digest(collection, keys, values));
  return found != keys_.end() && found->second > 0;
}

}  // namespace understudy
