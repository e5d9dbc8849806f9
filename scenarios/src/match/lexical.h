// Finds the characters of a value inside JSON text by its JSON Pointer, for what parsing loses: 150.0 against 150. The text must have
// been parsed successfully before.
#pragma once

#include <optional>
#include <string_view>

namespace understudy {

// The value's own characters, without space around them; of a member that occurs twice the last one, as parsers take it.
// nullopt: nothing is there, or the text is no JSON up to that place.
std::optional<std::string_view> find_source(std::string_view json, std::string_view pointer);

}  // namespace understudy
