#include "scenarios/src/match/unordered.h"

#include <fmt/format.h>

#include <functional>
#include <vector>

#include "contracts/src/base/pairing.h"

namespace understudy {
namespace {

constexpr std::size_t kMostComparisons = 10'000'000;

// The partners, or a finding that the lists need too many comparisons.
std::optional<std::vector<std::size_t>> find_partners(MatchWalk& walk, const Json& items, const Json& actual, const MatchAt& at,
                                                      const std::function<bool(std::size_t, std::size_t)>& fits) {
  std::size_t left = kMostComparisons;
  auto partners = pair_elements(items.size(), actual.size(), [&](std::size_t i, std::size_t k) -> std::optional<bool> {
    if (left-- == 0) return std::nullopt;
    return fits(i, k);
  });
  if (!partners)
    walk.add("unordered", at, fmt::format("lists that can be paired with {} comparisons", kMostComparisons),
             fmt::format("{} and {} elements", items.size(), actual.size()));
  return partners;
}

void pair_freely(MatchWalk& walk, const Json& items, const Json& actual, const MatchAt& at) {
  const auto partners = find_partners(walk, items, actual, at,
                                      [&](std::size_t i, std::size_t k) { return walk.accepts(items[i], &actual[k], at.element(k, i)); });
  if (!partners) return;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if ((*partners)[i] == kUnpaired)
      walk.add("unordered", {at.pointer, join_pointer(at.expected, i)}, fmt::format("an element like {}", describe(items[i])),
               describe(actual));
  }
}

void pair_by_key(MatchWalk& walk, const Json& items, const std::string& by, const Json& actual, const MatchAt& at) {
  const std::string key = by.starts_with('/') ? by : join_pointer("", by);
  const auto has_key = [&](std::size_t i, std::size_t k) {
    const Json* wanted = find_pointer(items[i], key);
    const Json* found = find_pointer(actual[k], key);
    return wanted != nullptr && found != nullptr && walk.accepts(*wanted, found, at);
  };
  // Several elements may have the same key: first those are paired that match, then the others by their key alone.
  auto partners = find_partners(walk, items, actual, at, [&](std::size_t i, std::size_t k) {
    return has_key(i, k) && walk.accepts(items[i], &actual[k], at.element(k, i));
  });
  if (!partners) return;
  std::vector<bool> is_used(actual.size());
  for (const auto partner : *partners) {
    if (partner != kUnpaired) is_used[partner] = true;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if ((*partners)[i] != kUnpaired) continue;
    std::size_t k = 0;
    while (k < actual.size() && (is_used[k] || !has_key(i, k))) ++k;
    if (k < actual.size()) {
      is_used[k] = true;
      walk.match(items[i], &actual[k], at.element(k, i));
      continue;
    }
    const Json* wanted = find_pointer(items[i], key);
    walk.add("unordered", {at.pointer, join_pointer(at.expected, i)},
             fmt::format("an element whose {} is {}", key, wanted == nullptr ? "there" : describe(*wanted)), describe(actual));
  }
}

}  // namespace

bool is_unordered(const Json& argument) {
  if (argument.is_array()) return true;
  if (!argument.is_object() || !argument.contains("items") || !argument.at("items").is_array()) return false;
  const auto by = argument.find("by");
  return argument.size() == (by == argument.end() ? 1u : 2u) && (by == argument.end() || (by->is_string() && *by != ""));
}

void judge_unordered(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  const bool is_list = argument.is_array();
  const Json& items = is_list ? argument : argument.at("items");
  const MatchAt inside = is_list ? at : at.expecting("items");
  if (actual == nullptr || !actual->is_array())
    return walk.add(actual == nullptr ? "missing" : "type", at, "an array", describe_actual(actual));
  if (actual->size() != items.size())
    walk.add("length", at, fmt::format("{} elements in any order", items.size()), fmt::format("{} elements", actual->size()));
  if (!is_list && argument.contains("by")) return pair_by_key(walk, items, argument.at("by").get<std::string>(), *actual, inside);
  pair_freely(walk, items, *actual, inside);
}

}  // namespace understudy
