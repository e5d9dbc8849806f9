// JSON writes a character beyond U+FFFF as two escapes, "\ud83d\ude00" (RFC 8259 section 7). yaml-cpp knows no pairs, so it is given
// a text in which each pair is the escape of one character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/yaml/yaml.h"

namespace understudy {

// Offsets of the first backslash of each pair of escapes.
std::vector<std::size_t> find_surrogate_pairs(std::string_view text);
// Those that are inside double quotes; elsewhere a backslash is a character like any other. `starts`: offsets of the scalars.
std::vector<std::size_t> select_quoted(std::string_view text, const std::vector<std::size_t>& pairs,
                                       const std::vector<std::size_t>& starts);

class JoinedText {
 public:
  // Every pair becomes two escapes of the private use area, of the same length: places stay, names stay different.
  static JoinedText conceal(std::string_view text, const std::vector<std::size_t>& pairs);
  static JoinedText join(std::string_view text, const std::vector<std::size_t>& pairs);

  const std::string& text() const { return text_; }
  // The place in the original text of a place in text().
  YamlMark original(YamlMark mark) const;

 private:
  std::string text_;
  std::vector<std::pair<std::size_t, std::size_t>> ends_;  // line and column in text_ behind each joined pair, both 1-based
};

}  // namespace understudy
