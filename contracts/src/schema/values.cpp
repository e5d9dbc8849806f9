#include "contracts/src/schema/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>

namespace understudy {
namespace {

__extension__ using Wide = unsigned __int128;

// value = mantissa * 10^exponent, as the shortest text of the number says it: what the author of the JSON wrote.
struct Decimal {
  std::uint64_t mantissa = 0;  // of the absolute value
  int exponent = 0;
};

Decimal decimal_of(const Json& number) {
  if (number.is_number_unsigned()) return {.mantissa = number.get<std::uint64_t>()};
  if (number.is_number_integer()) {
    const auto value = number.get<std::int64_t>();
    return {.mantissa = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value)};
  }
  std::array<char, 64> text{};
  const auto* end =
      std::to_chars(text.data(), text.data() + text.size(), std::fabs(number.get<double>()), std::chars_format::scientific).ptr;
  Decimal decimal;
  bool fraction = false;
  const char* at = text.data();
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      fraction = true;
    } else {
      decimal.mantissa = decimal.mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
      if (fraction) --decimal.exponent;
    }
  }
  int exponent = 0;
  if (at != end) std::from_chars(at + (at[1] == '+' ? 2 : 1), end, exponent);
  decimal.exponent += exponent;
  return decimal;
}

std::size_t hash_of(const Json& value) {
  const auto mix = [](std::size_t seed, std::size_t next) { return seed ^ (next + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U)); };
  if (value.is_number()) {
    const double number = value.get<double>();
    return std::hash<double>{}(number == 0 ? 0.0 : number);
  }
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

int compare_integer_with_double(const Json& integer, double number) {
  // Beyond these no 64-bit integer can lie.
  if (number >= 18446744073709551616.0) return -1;
  if (number < -9223372036854775808.0) return 1;
  const double whole = std::trunc(number);
  const Json truncated = whole < 0 ? Json(static_cast<std::int64_t>(whole)) : Json(static_cast<std::uint64_t>(whole));
  const int order = compare_numbers(integer, truncated);
  if (order != 0 || whole == number) return order;
  return number > whole ? -1 : 1;
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
    case Json::value_t::number_float: return (types & kNumber) != 0 || ((types & kInteger) != 0 && type_name(value) == "integer");
    case Json::value_t::binary:
    case Json::value_t::discarded: break;
  }
  return false;
}

int compare_numbers(const Json& left, const Json& right) {
  const auto order = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (left.is_number_float() && right.is_number_float()) return order(left.get<double>(), right.get<double>());
  if (right.is_number_float()) return compare_integer_with_double(left, right.get<double>());
  if (left.is_number_float()) return -compare_integer_with_double(right, left.get<double>());
  const auto negative = [](const Json& value) { return !value.is_number_unsigned() && value.get<std::int64_t>() < 0; };
  if (negative(left) || negative(right)) {
    if (negative(left) != negative(right)) return negative(left) ? -1 : 1;
    return order(left.get<std::int64_t>(), right.get<std::int64_t>());
  }
  return order(left.get<std::uint64_t>(), right.get<std::uint64_t>());
}

bool is_multiple_of(const Json& value, const Json& divisor) {
  const auto number = decimal_of(value);
  const auto unit = decimal_of(divisor);
  if (number.mantissa == 0) return true;
  if (unit.mantissa == 0) return false;
  Wide modulus = unit.mantissa;
  if (unit.exponent > number.exponent) {
    // The divisor, in the value's decimal place, outgrows the value's digits soon: then it cannot divide it.
    for (int i = number.exponent; i < unit.exponent; ++i) {
      modulus *= 10;
      if (modulus > number.mantissa) return false;
    }
    return number.mantissa % modulus == 0;
  }
  Wide rest = number.mantissa % modulus;
  for (int i = unit.exponent; i < number.exponent && rest != 0; ++i) rest = rest * 10 % modulus;
  return rest == 0;
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
  if (value.is_number()) return verdict(check_number(node, value));
  if (value.is_string()) return check_string(node, value.get_ref<const std::string&>());
  if (value.is_array() && node.unique_items) return verdict(!find_equal_elements(value));
  return Verdict::yes;
}

}  // namespace understudy
