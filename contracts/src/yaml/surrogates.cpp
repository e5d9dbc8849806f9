#include "contracts/src/yaml/surrogates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kEscape = 6;          // bytes of "\ud83d"
constexpr std::size_t kPair = 2 * kEscape;  // of two
constexpr std::size_t kSaved = 2;           // the escape "\U0001F600" is shorter

// The UTF-16 unit of the escape at the start of the text; 0: there is none.
std::uint32_t unit_at(std::string_view text) {
  if (text.size() < kEscape || !text.starts_with("\\u") || !std::ranges::all_of(text.substr(2, 4), is_hex_digit)) return 0;
  std::uint32_t unit = 0;
  for (const char digit : text.substr(2, 4)) unit = unit << 4 | static_cast<std::uint32_t>(hex_value(digit));
  return unit;
}

bool is_pair(std::string_view text) { return unit_at(text) >> 10 == 0x36 && unit_at(text.substr(kEscape)) >> 10 == 0x37; }

}  // namespace

std::vector<std::size_t> find_surrogate_pairs(std::string_view text) {
  std::vector<std::size_t> pairs;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const bool found = is_pair(text.substr(at));
    if (found) pairs.push_back(at);
    at += found ? kPair : 2;  // an escaped backslash begins no escape
  }
  return pairs;
}

std::vector<std::size_t> select_quoted(std::string_view text, const std::vector<std::size_t>& pairs,
                                       const std::vector<std::size_t>& starts) {
  std::vector<std::size_t> quoted;
  for (std::size_t at : starts) {
    if (text.substr(at).starts_with('&')) at = text.find_first_not_of(" \t\r\n", text.find_first_of(" \t\r\n", at));
    if (at >= text.size() || text[at] != '"') continue;
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    for (auto pair = std::ranges::lower_bound(pairs, at); pair != pairs.end() && *pair < end; ++pair) quoted.push_back(*pair);
  }
  std::ranges::sort(quoted);
  quoted.erase(std::unique(quoted.begin(), quoted.end()), quoted.end());
  return quoted;
}

JoinedText JoinedText::conceal(std::string_view text, const std::vector<std::size_t>& pairs) {
  JoinedText concealed;
  concealed.text_ = text;
  for (const std::size_t pair : pairs) {
    for (const std::size_t at : {pair, pair + kEscape})
      concealed.text_.replace(at, kEscape, fmt::format("\\u{:04X}", unit_at(text.substr(at)) + 0x800));
  }
  return concealed;
}

JoinedText JoinedText::join(std::string_view text, const std::vector<std::size_t>& pairs) {
  JoinedText joined;
  std::size_t done = 0, line = 1, line_start = 0;
  const auto append = [&](std::size_t until) {
    for (auto end = text.find('\n', done); end < until; end = text.find('\n', end + 1)) {
      ++line;
      line_start = joined.text_.size() + (end + 1 - done);
    }
    joined.text_ += text.substr(done, until - done);
  };
  for (const std::size_t pair : pairs) {
    append(pair);
    const std::uint32_t high = unit_at(text.substr(pair)), low = unit_at(text.substr(pair + kEscape));
    joined.text_ += fmt::format("\\U{:08X}", 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF));
    joined.ends_.emplace_back(line, joined.text_.size() - line_start + 1);
    done = pair + kPair;
  }
  append(text.size());
  return joined;
}

YamlMark JoinedText::original(YamlMark mark) const {
  const auto first = std::ranges::lower_bound(ends_, std::pair(mark.line, std::size_t{0}));
  const auto after = std::ranges::upper_bound(ends_, std::pair(mark.line, mark.column));
  mark.column += kSaved * static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - first, 0));
  return mark;
}

}  // namespace understudy
