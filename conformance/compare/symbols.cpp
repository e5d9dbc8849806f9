#include "conformance/compare/symbols.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Shorter values occur by chance inside other words.
constexpr std::size_t kShortestInText = 4;

bool is_whole_word(std::string_view text, std::size_t at, std::size_t length) {
  const auto is_part = [](char c) { return is_letter(c) || is_digit(c); };
  return (at == 0 || !is_part(text[at - 1])) && (at + length == text.size() || !is_part(text[at + length]));
}

bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00";
  if (text.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool fits = kForm[i] == '0' ? is_digit(text[i]) : text[i] == kForm[i] || (kForm[i] == 'T' && text[i] == ' ');
    if (!fits) return false;
  }
  return true;
}

// A GMT date of HTTP (RFC 9110, 5.6.7): Sun, 06 Nov 1994 08:49:37 GMT.
bool is_http_date(std::string_view text) { return text.size() == 29 && text.ends_with(" GMT") && text[3] == ','; }

bool names_id(std::string_view member) {
  for (const std::string_view ending : {"ID", "Id", "Ids", "IDs", "_id", "_ids", "id", "ids"}) {
    if (!member.ends_with(ending)) continue;
    const bool whole = member.size() == ending.size();
    const bool has_edge = ending.front() == 'I' || ending.front() == '_';
    if (whole || has_edge) return true;
  }
  return false;
}

}  // namespace

SymbolKind find_symbol_kind(std::string_view member, const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (is_time(text) || is_http_date(text)) return SymbolKind::time;
    if (to_lower(member).find("token") != std::string::npos) return SymbolKind::token;
  }
  const bool can_be_id = is_written_as_integer(value) || value.is_string();
  return can_be_id && names_id(member) ? SymbolKind::id : SymbolKind::none;
}

std::string time_form(std::string_view text) {
  std::string form(text);
  std::replace_if(form.begin(), form.end(), is_digit, '0');
  if (is_http_date(text)) form.replace(0, 3, "Day").replace(8, 3, "Mon");
  return form;
}

bool SymbolTable::pair(const Json& left, const Json& right) {
  const auto a = as_text(left), b = as_text(right);
  const auto known = to_right_.find(a);
  const auto back = to_left_.find(b);
  if (known == to_right_.end() && back == to_left_.end()) {
    to_right_.emplace(a, b);
    to_left_.emplace(b, a);
    return true;
  }
  return known != to_right_.end() && back != to_left_.end() && known->second == b && back->second == a;
}

bool SymbolTable::is_paired(const Json& left, const Json& right) const {
  const auto known = to_right_.find(as_text(left));
  return known != to_right_.end() && known->second == as_text(right);
}

bool SymbolTable::is_translation(std::string_view left, std::string_view right) const {
  std::vector<const std::pair<const std::string, std::string>*> pairs;
  for (const auto& pair : to_right_) {
    if (!pair.first.empty() && pair.first != pair.second) pairs.push_back(&pair);
  }
  // Longest first, because one value may be a part of another.
  std::ranges::stable_sort(pairs, std::greater(), [](const auto* pair) { return pair->first.size(); });
  std::size_t i = 0, k = 0;
  while (i < left.size()) {
    const auto found = std::ranges::find_if(pairs, [&](const auto* pair) {
      const auto& [from, to] = *pair;
      const bool is_short = std::min(from.size(), to.size()) < kShortestInText;
      return left.substr(i).starts_with(from) && right.substr(std::min(k, right.size())).starts_with(to) &&
             (!is_short || (is_whole_word(left, i, from.size()) && is_whole_word(right, k, to.size())));
    });
    if (found != pairs.end()) {
      i += (*found)->first.size();
      k += (*found)->second.size();
    } else if (k < right.size() && left[i] == right[k]) {
      ++i;
      ++k;
    } else {
      return false;
    }
  }
  return k == right.size();
}

}  // namespace understudy
