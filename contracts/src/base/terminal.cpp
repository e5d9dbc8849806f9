#include "contracts/src/base/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "contracts/src/base/json.h"

namespace understudy {
namespace {

// The bytes of the UTF-8 character at the start of `text`; 0: there is none.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return length <= text.size() && is_valid_utf8(text.substr(0, length)) ? length : 0;
}

// Of a character of two or three bytes; others are not escaped.
std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i])); };
  if (character.size() == 2) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  if (character.size() == 3) return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  return byte(0);
}

bool is_control(std::uint32_t code) {
  const bool turns_text = code == 0x061C || (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
                          (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || turns_text;
}

// Removes the character at the start of `text`, which is not empty; returns its columns.
std::size_t take_character(std::string_view& text) {
  constexpr std::uint32_t kFirstWide = 0x1100;
  const auto length = std::max<std::size_t>(character_length(text), 1);
  const bool is_wide = length == 4 || code_point(text.substr(0, length)) >= kFirstWide;
  text.remove_prefix(length);
  return is_wide ? 2 : 1;
}

}  // namespace

std::size_t append_escaped(std::string_view text, std::string& out) {
  const auto length = character_length(text);
  const auto character = text.substr(0, std::max<std::size_t>(length, 1));
  const auto code = length == 4 ? 'a' : code_point(character);
  if (length > 0 && (character == "\n" || character == "\t" || !is_control(code)))
    out += character;
  else if (character == "\r")
    out += "\\r";
  else if (length > 1)
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  else
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(character.front()));
  return character.size();
}

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  while (!text.empty()) text.remove_prefix(append_escaped(text, out));
  return out;
}

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += take_character(text);
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  constexpr std::string_view kEnd = "...";
  if (text_width(text) <= columns) return std::string(text);
  if (columns < kEnd.size()) return std::string(columns, '.');
  std::string_view rest = text;
  for (std::size_t used = 0; !rest.empty();) {
    auto next = rest;
    used += take_character(next);
    if (used + kEnd.size() > columns) break;
    rest = next;
  }
  return std::string(text.substr(0, text.size() - rest.size())) + std::string(kEnd);
}

}  // namespace understudy
