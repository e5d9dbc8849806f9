// Small functions over text and lists that several folders need. They ignore the locale, so that the environment cannot change a result;
// views point into the argument.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr char ascii_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char ascii_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// The value of a hexadecimal digit of either case, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char small = ascii_lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}
constexpr bool is_hex_digit(char c) { return hex_value(c) >= 0; }

template <class Range, class T>
constexpr bool contains(const Range& range, const T& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

// Without blanks, tabs, carriage returns and line feeds at both ends.
constexpr std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The memory of a text that a thread keeps for its next one, 64 KiB at most.
class SpareText {
 public:
  std::string take() { return std::exchange(text_, {}); }  // empty
  void keep(std::string text) noexcept {
    constexpr std::size_t kMostKept = 64u << 10;  // bytes
    text.clear();
    if (text.capacity() <= kMostKept && text.capacity() > text_.capacity()) text_ = std::move(text);
  }

 private:
  std::string text_;
};

using TextParts = boost::container::small_vector<std::string_view, 8>;

// The parts between separators, empty ones included: "a//b" has three, "" has one.
inline TextParts split(std::string_view text, char separator) {
  TextParts parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// A part of a template text: text, then the trimmed name between "{{" and "}}". The last part has no name.
struct BracePart {
  std::string_view text;
  std::optional<std::string_view> name = {};
};

// "a {{x}} b" -> ("a ", x), (" b"). Braces around anything but a name are text.
template <class IsName>
std::vector<BracePart> split_braces(std::string_view text, IsName is_name) {
  std::vector<BracePart> parts;
  std::size_t start = 0;
  for (std::size_t open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open)) {
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) break;
    const std::string_view name = trim(text.substr(open + 2, close - open - 2));
    if (!is_name(name)) {
      ++open;
      continue;
    }
    parts.push_back({.text = text.substr(start, open - start), .name = name});
    open = start = close + 2;
  }
  parts.push_back({.text = text.substr(start)});
  return parts;
}

// The segments of a URL path: "/a/b/" has a, b and an empty one; "" has none.
inline TextParts path_segments(std::string_view path) {
  if (path.empty()) return {};
  if (path.front() == '/') path.remove_prefix(1);
  return split(path, '/');
}

}  // namespace understudy
