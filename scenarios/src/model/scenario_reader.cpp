#include "scenarios/src/model/scenario_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "contracts/src/base/text.h"

namespace understudy {

void ScenarioReader::fail_value(std::string_view pointer, std::string_view expected) {
  const Json* found = find(pointer);
  fail(pointer, "wrong-type", fmt::format("found {}, expected {}", found == nullptr ? "nothing" : describe(*found), expected));
}

bool ScenarioReader::keys(std::string_view pointer, const std::vector<std::string>& known, std::string_view meaning) {
  const Json* value = find(pointer);
  if (value == nullptr || !value->is_object()) {
    fail_value(pointer, fmt::format("{}: a mapping with {}", meaning, fmt::join(known, ", ")));
    return false;
  }
  auto problem = check_keys(document(), pointer, known);
  if (problem && !problem_) problem_ = std::move(problem);
  return !failed();
}

void ScenarioReader::need(std::string_view pointer, std::string_view key, std::string_view meaning) {
  if (find(pointer, key) == nullptr) fail(pointer, "missing-key", fmt::format("expected the key '{}': {}", key, meaning));
}

std::string ScenarioReader::text(std::string_view parent, std::string_view key, std::string_view meaning) {
  const Json* value = find(parent, key);
  if (value == nullptr) return {};
  if (value->is_string() && !value->get_ref<const std::string&>().empty()) return value->get<std::string>();
  fail_value(join_pointer(parent, key), meaning);
  return {};
}

std::string ScenarioReader::word(std::string_view parent, std::string_view key, const std::vector<std::string>& words) {
  const Json* value = find(parent, key);
  if (value == nullptr) return {};
  const std::string found = value->is_string() ? value->get<std::string>() : std::string();
  if (contains(words, found)) return found;
  fail(join_pointer(parent, key), "unknown-word",
       fmt::format("found {}, expected {}{}", describe(*value), fmt::join(words, ", "), did_you_mean(found, words)));
  return {};
}

std::optional<Milliseconds> ScenarioReader::duration(std::string_view parent, std::string_view key) {
  const Json* value = find(parent, key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string())
    if (const auto duration = parse_duration(value->get_ref<const std::string&>())) return duration;
  fail_value(join_pointer(parent, key), "a duration such as 250ms, 90s, 61m, 24h, 2d");
  return std::nullopt;
}

Json ScenarioReader::mapping(std::string_view parent, std::string_view key, std::string_view meaning) {
  const Json* value = find(parent, key);
  if (value == nullptr) return Json::object();
  if (value->is_object()) return *value;
  fail_value(join_pointer(parent, key), meaning);
  return Json::object();
}

std::vector<std::string> ScenarioReader::elements(std::string_view parent, std::string_view key, std::string_view meaning) {
  const std::string pointer = join_pointer(parent, key);
  const Json* value = find(pointer);
  std::vector<std::string> list;
  if (value == nullptr) return list;
  if (!value->is_array()) fail_value(pointer, meaning);
  for (std::size_t i = 0; value->is_array() && i < value->size(); ++i) list.push_back(join_pointer(pointer, i));
  return list;
}

}  // namespace understudy
