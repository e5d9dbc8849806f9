// Small functions over text that several folders need. None of them allocates; the views point into the argument.
#pragma once

#include <string_view>

namespace understudy {

// Without blanks, tabs, carriage returns and line feeds at both ends.
constexpr std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace understudy
