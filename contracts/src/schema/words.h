// Describes schemas in a few words, for the `expected` of findings.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/schema/node.h"

namespace understudy {

std::string list_types(Types types);                             // integer, string or null
std::string list_values(const std::vector<Json>& values);        // one of "a", "b"
std::string count_of(std::size_t count, std::string_view noun);  // 1 element, 2 elements
// A schema in a few words: string "failure", integer >= 1, object with "status": "success".
std::string describe_schema(const SchemaNodes& schemas, NodeId id);
std::string describe_schemas(const SchemaNodes& schemas, const std::vector<NodeId>& ids);  // joined by " | "

}  // namespace understudy
