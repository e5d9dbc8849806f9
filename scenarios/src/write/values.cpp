#include "scenarios/src/write/values.h"

#include <algorithm>
#include <array>

#include "contracts/src/base/env.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kShortestToken = 16;

template <std::size_t N>
bool ends_in_word(std::string_view name, const std::array<std::string_view, N>& words) {
  const auto snake = snake_name(name);
  return std::ranges::any_of(words, [&](std::string_view word) {
    return snake == word || (snake.ends_with(word) && snake[snake.size() - word.size() - 1] == '_');
  });
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return true;
}

}  // namespace

std::string snake_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool begins_word = is_upper(c) && i > 0 && (!is_upper(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
    if (begins_word && out.back() != '_') out += '_';
    out += is_letter(c) || is_digit(c) ? ascii_lower(c) : '_';
  }
  return out;
}

bool is_id_name(std::string_view name) {
  constexpr std::array<std::string_view, 17> kWords = {"id",  "ids", "uuid",   "guid",   "token",   "key",  "number", "no",  "reference",
                                                       "ref", "sku", "cursor", "handle", "session", "etag", "jwt",    "code"};
  return ends_in_word(name, kWords);
}

bool is_unique_name(std::string_view name) {
  constexpr std::array<std::string_view, 19> kWords = {
      "email",           "sku",         "username", "login",        "slug",     "reference",    "ref",
      "barcode",         "upc",         "ean",      "external_id",  "order_id", "order_number", "invoice_number",
      "source_order_id", "product_sku", "sku_code", "product_code", "handle"};
  return ends_in_word(name, kWords) || equals_ignore_case(name, "number");
}

bool is_measured_name(std::string_view name) {
  constexpr std::array<std::string_view, 18> kWords = {"total",    "count",      "page", "pages",  "took",    "elapsed",
                                                       "duration", "latency",    "ms",   "at",     "version", "timestamp",
                                                       "time",     "expires_in", "size", "offset", "uptime",  "revision"};
  return ends_in_word(name, kWords);
}

bool is_time(std::string_view text) {
  return text.size() >= 10 && std::ranges::count_if(text, is_digit) >= 6 && (parse_rfc3339(text) || parse_date(text));
}

bool is_generated(std::string_view text) {
  if (is_uuid(text) || is_time(text)) return true;
  const bool is_word =
      std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || contains(std::string_view("-_.~+/="), c); });
  return text.size() >= kShortestToken && is_word && std::ranges::any_of(text, is_digit) && std::ranges::any_of(text, is_letter) &&
         text.find('/') == std::string_view::npos;
}

void visit_leaves(const Json& value, const VisitLeaf& visit, const std::string& pointer, const std::string& name) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) visit_leaves(member, visit, join_pointer(pointer, key), key);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) visit_leaves(value[i], visit, join_pointer(pointer, i), name);
  } else {
    visit(pointer, name, value);
  }
}

}  // namespace understudy
