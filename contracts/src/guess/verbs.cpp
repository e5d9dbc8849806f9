// What the last word of an action's path does to a record.
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/guess/resources.h"

namespace understudy {
namespace {

// Whether the word is the result of the verb: cancelled of cancel, closed of close, active of activate.
bool is_result(const std::string& word, std::string stem) {
  constexpr std::size_t kShortest = 3, kLong = 6;
  if (stem.ends_with('e')) stem.pop_back();
  if (stem.size() < kShortest) return false;
  return word.starts_with(stem) || (stem.size() >= kLong && word.starts_with(stem.substr(0, stem.size() - 2)));
}

}  // namespace

Json action_change(const SchemaIndex& schemas, const std::string& model, const ApiOperation& operation) {
  if (operation.segments.empty() || is_parameter(operation.segments.back())) return nullptr;
  const std::string verb = plain_word(operation.segments.back());
  for (const auto& [name, pointer] : schemas.members(model)) {
    const Json* schema = schemas.find(pointer);
    if (schema == nullptr) continue;
    if (schemas.is(pointer, "boolean") && verb.starts_with("un") && is_result(plain_word(name), verb.substr(2))) return {{name, false}};
    if (schemas.is(pointer, "boolean") && is_result(plain_word(name), verb)) return {{name, true}};
    for (const Json& value : schema->value("enum", Json::array())) {
      if (value.is_string() && is_result(plain_word(value.get<std::string>()), verb)) return {{name, value}};
    }
  }
  return nullptr;
}

}  // namespace understudy
