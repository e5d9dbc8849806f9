// Replaces characters by their escapes: escape_characters("a<b", {{'<', "&lt;"}}) -> a&lt;b
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

}  // namespace understudy
