// Single keywords over single values, exactly: 64-bit integers and doubles are compared without rounding, 19.99 is a multiple of
// 0.01, lengths count characters and not bytes. Subschemas are not visited.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"

namespace understudy {

bool is_of_type(const Json& value, Types types);  // 1.0 is an integer
std::size_t count_characters(std::string_view text);
std::optional<std::pair<std::size_t, std::size_t>> find_equal_elements(const Json& array);
const Json* find_in_enumeration(const std::vector<Json>& values, const Json& value);

// Whether the node has keywords that the library gets wrong, and what those say: integer, enum, const, the limits of numbers,
// multipleOf, lengths, pattern, format, uniqueItems.
bool has_exact_keywords(const SchemaNode& node);
Verdict check_exact_keywords(const SchemaNode& node, const Json& value);

}  // namespace understudy
