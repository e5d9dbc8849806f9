#include "contracts/src/yaml/yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "contracts/src/base/number.h"
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

tl::expected<Json, std::string> read_based(std::string_view text, int base) {
  const std::string_view digits = text.substr(2);
  const bool fits_alphabet = std::ranges::all_of(digits, [base](char c) { return base == 8 ? c >= '0' && c <= '7' : is_hex_digit(c); });
  if (digits.empty() || !fits_alphabet) return Json(text);
  std::uint64_t value = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value, base).ec == std::errc{}) return Json(value);
  return tl::unexpected(fmt::format("found the number {}, expected one that fits 64 bits (quoted, it is text)", text));
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

  const std::string_view number = text.front() == '+' ? magnitude : text;
  if (find_number_form(magnitude) == NumberForm::none || magnitude.starts_with('-')) return Json(text);
  auto value = make_number(number);
  if (!value) return tl::unexpected(fmt::format("found a {} (quoted, it is text)", value.error()));
  return *std::move(value);
}

}  // namespace understudy
