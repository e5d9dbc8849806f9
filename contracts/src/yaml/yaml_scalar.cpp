#include "contracts/src/yaml/yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};
constexpr std::array<std::string_view, 6> kNoNumber = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return contains(words, text);
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// [0-9]+ or the core schema's float: (\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
enum class Shape { none, integer, real };
Shape shape_of(std::string_view text) {
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  if (text.empty()) return whole > 0 ? Shape::integer : Shape::none;
  std::size_t fraction = 0;
  if (text.front() == '.') {
    fraction = count_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return Shape::none;
  if (text.empty()) return Shape::real;
  if (text.front() != 'e' && text.front() != 'E') return Shape::none;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size() ? Shape::real : Shape::none;
}

// The whole text as a number, or nothing if it is none or too large.
template <class T>
std::optional<T> read(std::string_view text, int base) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::string too_large(std::string_view text) {
  return fmt::format("found the number {}, expected one that fits 64 bits or a double (quoted, it is text)", text);
}

tl::expected<Json, std::string> read_based(std::string_view text, int base) {
  const std::string_view digits = text.substr(2);
  const bool fits_alphabet = std::ranges::all_of(digits, [base](char c) { return base == 8 ? c >= '0' && c <= '7' : is_hex_digit(c); });
  if (digits.empty() || !fits_alphabet) return Json(text);
  if (const auto value = read<std::uint64_t>(digits, base)) return Json(*value);
  return tl::unexpected(too_large(text));
}

}  // namespace

tl::expected<Json, std::string> parse_plain_scalar(std::string_view text) {
  if (is_one_of(text, kNull)) return Json(nullptr);
  if (is_one_of(text, kTrue)) return Json(true);
  if (is_one_of(text, kFalse)) return Json(false);
  if (text.starts_with("0o")) return read_based(text, 8);
  if (text.starts_with("0x")) return read_based(text, 16);

  const bool is_signed = text.front() == '-' || text.front() == '+';
  const std::string_view magnitude = text.substr(is_signed ? 1 : 0);
  if (is_one_of(magnitude, kNoNumber))
    return tl::unexpected(fmt::format("found {}, expected a number that JSON can say (quoted, it is text)", text));

  const Shape shape = shape_of(magnitude);
  if (shape == Shape::none) return Json(text);
  const std::string_view number = text.front() == '+' ? magnitude : text;  // from_chars knows no leading '+'
  if (shape == Shape::integer) {
    if (number.front() == '-') {
      if (const auto value = read<std::int64_t>(number, 10)) return Json(*value);
    } else if (const auto value = read<std::uint64_t>(number, 10)) {
      return Json(*value);
    }
  }
  double value = 0;
  const auto [stopped, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{}) return tl::unexpected(too_large(text));
  return Json(value);
}

}  // namespace understudy
