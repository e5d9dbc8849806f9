#include "mock/records/index_key.h"

#include "contracts/src/base/number.h"
#include "contracts/src/model/template_words.h"

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

}  // namespace

std::string index_key(const KeyValues& values) {
  std::string key;
  for (const Json* value : values) append_key(*value, key);
  return key;
}

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

}  // namespace understudy
