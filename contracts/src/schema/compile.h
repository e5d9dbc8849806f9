// Owns the way from a JSON document to compiled nodes, and the refusal of everything that would not be enforced.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"
#include "contracts/src/schema/schema.h"

namespace understudy {

tl::expected<SchemaNodes, SchemaError> compile_nodes(const Json& document, const std::vector<std::string>& pointers, SchemaOptions options);

}  // namespace understudy
