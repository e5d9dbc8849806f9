#include "conformance/generate/shrink.h"

#include <vector>

namespace understudy {
namespace {

Result<ScenarioFile> parse_again(const ScenarioFile& file, const Json& root) {
  return parse_scenario(render_json_pretty(root) + "\n", file.document.file);
}

// Members and elements, the outer ones first: removing an outer one removes all in it.
void list_parts(const Json& value, const std::string& at, std::vector<std::string>& parts) {
  std::vector<std::pair<std::string, const Json*>> inner;
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) inner.emplace_back(join_pointer(at, name), &member);
  } else if (value.is_array()) {
    for (std::size_t i = value.size(); i-- > 0;) inner.emplace_back(join_pointer(at, i), &value[i]);
  }
  for (const auto& [pointer, part] : inner) parts.push_back(pointer);
  for (const auto& [pointer, part] : inner) list_parts(*part, pointer, parts);
}

}  // namespace

Result<ScenarioFile> keep_row(const ScenarioFile& file, const std::string& row) {
  Json root = file.document.root;
  Json kept = Json::array();
  for (const Json& one : root["each"]) {
    if (one.value("name", "") == row) kept.push_back(one);
  }
  root["each"] = std::move(kept);
  return parse_again(file, root);
}

ScenarioFile shrink_row(const ScenarioFile& one_row, const std::function<bool(const ScenarioFile&)>& still_fails, std::size_t budget) {
  ScenarioFile smallest = one_row;
  const std::string at = join_pointer("/each/0", kRowVariable);
  std::vector<std::string> parts;
  const Json* sent = find_pointer(one_row.document.root, at);
  if (sent == nullptr) return smallest;
  list_parts(*sent, at, parts);
  for (const auto& part : parts) {
    if (budget == 0) break;
    Json root = smallest.document.root;
    if (!erase_pointer(root, part)) continue;  // removed with what holds it
    auto smaller = parse_again(one_row, root);
    if (!smaller) continue;
    --budget;
    if (still_fails(*smaller)) smallest = *std::move(smaller);
  }
  return smallest;
}

}  // namespace understudy
