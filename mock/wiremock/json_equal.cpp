#include "mock/wiremock/json_equal.h"

#include <algorithm>
#include <array>

#include "contracts/src/base/number.h"
#include "contracts/src/base/pairing.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::string_view kPlaceholder = "${json-unit.";

struct Placeholder {
  std::string_view text;
  bool (*fits)(const Json& value);
};
constexpr std::array kPlaceholders = std::to_array<Placeholder>({
    {"${json-unit.ignore}", [](const Json&) { return true; }},
    {"${json-unit.any-string}", [](const Json& value) { return value.is_string(); }},
    {"${json-unit.any-number}", [](const Json& value) { return is_number(value); }},
    {"${json-unit.any-boolean}", [](const Json& value) { return value.is_boolean(); }},
});

const Placeholder* find_placeholder(const Json& expected) {
  if (!expected.is_string()) return nullptr;
  const auto found = std::ranges::find(kPlaceholders, expected.get_ref<const std::string&>(), &Placeholder::text);
  return found == kPlaceholders.end() ? nullptr : &*found;
}

bool equal_unordered(const Json& expected, const Json& actual, LooseEquality how, StepBudget& budget) {
  const auto partners = pair_elements(expected.size(), actual.size(), [&](std::size_t i, std::size_t k) -> std::optional<bool> {
    const bool is_equal = equal_json_loosely(expected[i], actual[k], how, budget);
    return budget.is_spent() ? std::nullopt : std::optional(is_equal);
  });
  return partners && !contains(*partners, kUnpaired);
}

}  // namespace

bool equal_json_loosely(const Json& expected, const Json& actual, LooseEquality how, StepBudget& budget) {
  if (!budget.take()) return false;
  if (const Placeholder* placeholder = find_placeholder(expected)) return placeholder->fits(actual);
  if (expected.is_object()) {
    if (!actual.is_object() || (!how.ignore_extra && expected.size() != actual.size())) return false;
    return std::ranges::all_of(expected.items(), [&](const auto& member) {
      const auto found = actual.find(member.key());
      return found != actual.end() && equal_json_loosely(member.value(), *found, how, budget);
    });
  }
  if (expected.is_array()) {
    if (!actual.is_array()) return false;
    if (how.ignore_extra ? expected.size() > actual.size() : expected.size() != actual.size()) return false;
    if (how.ignore_order) return equal_unordered(expected, actual, how, budget);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (!equal_json_loosely(expected[i], actual[i], how, budget)) return false;
    }
    return true;
  }
  return json_equal(expected, actual);
}

std::optional<std::string> find_unknown_placeholder(const Json& expected) {
  if (expected.is_string()) {
    const auto& text = expected.get_ref<const std::string&>();
    if (text.starts_with(kPlaceholder) && find_placeholder(expected) == nullptr) return text;
  }
  if (!expected.is_structured()) return std::nullopt;
  for (const Json& child : expected) {
    if (auto unknown = find_unknown_placeholder(child)) return unknown;
  }
  return std::nullopt;
}

}  // namespace understudy
