// Replaces characters by their escapes, and texts by others: escape_characters("a<b", {{'<', "&lt;"}}) -> a&lt;b
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace understudy {

using Escapes = std::initializer_list<std::pair<char, std::string_view>>;

inline std::string escape_characters(std::string_view text, Escapes escapes) {
  std::string out;
  for (const char c : text) {
    std::string_view escape(&c, 1);
    for (const auto& [character, replacement] : escapes) {
      if (character == c) escape = replacement;
    }
    out += escape;
  }
  return out;
}

// For the text and the attribute values of HTML.
inline std::string escape_html(std::string_view text) {
  return escape_characters(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}});
}

// `from` is not empty; what is put in is not searched.
inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

}  // namespace understudy
