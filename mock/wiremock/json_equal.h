// Owns equality of JSON as request patterns mean it: with the order of lists or further elements ignored, and placeholders
// such as ${json-unit.any-string} in the expected value.
#pragma once

#include <optional>
#include <string>

#include "contracts/src/base/json.h"

namespace understudy {

struct LooseEquality {
  bool ignore_order = false;  // of lists
  bool ignore_extra = false;  // members and, at the end of a list, elements
};
bool equal_json_loosely(const Json& expected, const Json& actual, LooseEquality how);

// A placeholder inside that we do not know.
std::optional<std::string> find_unknown_placeholder(const Json& expected);

}  // namespace understudy
