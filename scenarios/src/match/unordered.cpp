#include "scenarios/src/match/unordered.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace understudy {
namespace {

constexpr std::size_t kUnassigned = static_cast<std::size_t>(-1);

// Finds a maximum matching of expected and actual elements (augmenting paths).
class PairFinder {
 public:
  explicit PairFinder(std::vector<std::vector<bool>> fits, std::size_t partners) : fits_(std::move(fits)), owner_(partners, kUnassigned) {}

  // The expected elements without a partner.
  std::vector<std::size_t> unpaired() {
    std::vector<std::size_t> left;
    for (std::size_t expected = 0; expected < fits_.size(); ++expected) {
      std::vector<bool> tried(owner_.size(), false);
      if (!place(expected, tried)) left.push_back(expected);
    }
    return left;
  }

 private:
  bool place(std::size_t expected, std::vector<bool>& tried) {
    for (std::size_t actual = 0; actual < owner_.size(); ++actual) {
      if (!fits_[expected][actual] || tried[actual]) continue;
      tried[actual] = true;
      if (owner_[actual] != kUnassigned && !place(owner_[actual], tried)) continue;
      owner_[actual] = expected;
      return true;
    }
    return false;
  }

  std::vector<std::vector<bool>> fits_;
  std::vector<std::size_t> owner_;
};

void pair_freely(MatchWalk& walk, const Json& items, const Json& actual, const MatchAt& at) {
  std::vector<std::vector<bool>> fits(items.size(), std::vector<bool>(actual.size()));
  for (std::size_t i = 0; i < items.size(); ++i)
    for (std::size_t k = 0; k < actual.size(); ++k) fits[i][k] = walk.accepts(items[i], &actual[k], at.element(k, i));
  for (const std::size_t i : PairFinder(std::move(fits), actual.size()).unpaired())
    walk.add("unordered", {at.pointer, join_pointer(at.expected, i)}, fmt::format("an element like {}", describe(items[i])),
             describe(actual));
}

void pair_by_key(MatchWalk& walk, const Json& items, const std::string& by, const Json& actual, const MatchAt& at) {
  const std::string key = by.starts_with('/') ? by : join_pointer("", by);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Json* wanted = find_pointer(items[i], key);
    const auto partner = std::ranges::find_if(actual, [&](const Json& element) {
      const Json* found = find_pointer(element, key);
      return wanted != nullptr && found != nullptr && walk.accepts(*wanted, found, at);
    });
    if (partner == actual.end()) {
      walk.add("unordered", {at.pointer, join_pointer(at.expected, i)},
               fmt::format("an element whose {} is {}", key, wanted == nullptr ? "there" : describe(*wanted)), describe(actual));
      continue;
    }
    const auto index = static_cast<std::size_t>(partner - actual.begin());
    walk.match(items[i], &*partner, at.element(index, i));
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
