#include "contracts/src/schema/values.h"

#include <algorithm>
#include <unordered_map>

#include "contracts/src/base/number.h"

namespace understudy {
namespace {

std::size_t hash_of(const Json& value) {
  const auto mix = [](std::size_t seed, std::size_t next) { return seed ^ (next + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U)); };
  if (is_number(value)) return hash_number(value);
  std::size_t seed = static_cast<std::size_t>(value.type());
  if (value.is_array()) {
    for (const auto& element : value) seed = mix(seed, hash_of(element));
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.items()) seed = mix(mix(seed, std::hash<std::string>{}(name)), hash_of(member));
  } else if (value.is_string()) {
    seed = mix(seed, std::hash<std::string>{}(value.get_ref<const std::string&>()));
  } else if (value.is_boolean()) {
    seed = mix(seed, value.get<bool>() ? 1 : 0);
  }
  return seed;
}

bool check_number(const SchemaNode& node, const Json& value) {
  if (node.minimum && compare_numbers(value, *node.minimum) < 0) return false;
  if (node.maximum && compare_numbers(value, *node.maximum) > 0) return false;
  if (node.exclusive_minimum && compare_numbers(value, *node.exclusive_minimum) <= 0) return false;
  if (node.exclusive_maximum && compare_numbers(value, *node.exclusive_maximum) >= 0) return false;
  return !node.multiple_of || is_multiple_of(value, *node.multiple_of);
}

Verdict check_string(const SchemaNode& node, std::string_view text) {
  if (node.min_length || node.max_length) {
    const auto length = count_characters(text);
    if (length < node.min_length.value_or(0) || length > node.max_length.value_or(length)) return Verdict::no;
  }
  if (node.format_check != nullptr && !node.format_check(text)) return Verdict::no;
  return node.pattern ? node.pattern->regex.search(text) : Verdict::yes;
}

}  // namespace

bool is_of_type(const Json& value, Types types) {
  switch (value.type()) {
    case Json::value_t::null: return (types & kNull) != 0;
    case Json::value_t::boolean: return (types & kBoolean) != 0;
    case Json::value_t::string: return (types & kString) != 0;
    case Json::value_t::array: return (types & kArray) != 0;
    case Json::value_t::object: return (types & kObject) != 0;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return (types & (kInteger | kNumber)) != 0;
    case Json::value_t::number_float:
    case Json::value_t::binary: return (types & kNumber) != 0 || ((types & kInteger) != 0 && is_whole(value));
    case Json::value_t::discarded: break;
  }
  return false;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<std::pair<std::size_t, std::size_t>> find_equal_elements(const Json& array) {
  std::unordered_multimap<std::size_t, std::size_t> seen;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto hash = hash_of(array[i]);
    const auto [first, last] = seen.equal_range(hash);
    for (auto other = first; other != last; ++other) {
      if (json_equal(array[other->second], array[i])) return std::pair(other->second, i);
    }
    seen.emplace(hash, i);
  }
  return std::nullopt;
}

const Json* find_in_enumeration(const std::vector<Json>& values, const Json& value) {
  const auto found = std::ranges::find_if(values, [&](const Json& one) { return json_equal(one, value); });
  return found == values.end() ? nullptr : &*found;
}

bool has_exact_keywords(const SchemaNode& node) {
  return (node.types & (kInteger | kNumber)) == kInteger || node.enumeration || node.constant || node.minimum || node.maximum ||
         node.exclusive_minimum || node.exclusive_maximum || node.multiple_of || node.min_length || node.max_length || node.pattern ||
         node.format_check != nullptr || node.unique_items;
}

Verdict check_exact_keywords(const SchemaNode& node, const Json& value) {
  const auto verdict = [](bool good) { return good ? Verdict::yes : Verdict::no; };
  if (node.types != 0 && !is_of_type(value, node.types)) return Verdict::no;
  if (node.constant && !json_equal(*node.constant, value)) return Verdict::no;
  if (node.enumeration && find_in_enumeration(*node.enumeration, value) == nullptr) return Verdict::no;
  if (is_number(value)) return verdict(check_number(node, value));
  if (value.is_string()) return check_string(node, value.get_ref<const std::string&>());
  if (value.is_array() && node.unique_items) return verdict(!find_equal_elements(value));
  return Verdict::yes;
}

}  // namespace understudy
