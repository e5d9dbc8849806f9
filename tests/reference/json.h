// Owns how this server reads and writes JSON: no exceptions, a depth limit, members in the order they were put.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace reference {

using Json = nlohmann::ordered_json;

std::optional<Json> parse_json(std::string_view text);  // nullopt: malformed, or deeper than 200 levels
std::string render_json(const Json& value);
std::string canonical_json(const Json& value);  // equal values give equal text, whatever the order of members

const Json* find_member(const Json& object, std::string_view name);  // nullptr: no object, or absent
std::string text_at(const Json& object, std::string_view name);      // "" unless a string
std::int64_t integer_at(const Json& object, std::string_view name);  // 0 unless a number
double number_at(const Json& object, std::string_view name);         // 0 unless a number
bool true_at(const Json& object, std::string_view name);             // false unless true
const Json& object_at(const Json& object, std::string_view name);    // {} unless an object
const Json& list_at(const Json& object, std::string_view name);      // [] unless a list

std::optional<double> as_number(const Json& value);         // numbers and numeric strings
std::optional<std::int64_t> as_integer(const Json& value);  // the same, if whole; 5.0 is whole
Json plain_number(double value);                            // 150, not 150.0

}  // namespace reference
