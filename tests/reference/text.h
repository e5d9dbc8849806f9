// Owns small questions about text: case, blanks, numbers in text, form encoding.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

std::string to_lower(std::string_view text);
bool same_word(std::string_view left, std::string_view right);  // ignores ASCII case
std::string_view trim(std::string_view text);
std::vector<std::string> split_path(std::string_view path);  // "/a/b/" -> a, b

std::optional<std::int64_t> parse_integer(std::string_view text);  // the whole text, decimal
std::optional<double> parse_number(std::string_view text);         // the whole text, decimal, finite
std::map<std::string, std::string> parse_form(std::string_view text);

}  // namespace reference
