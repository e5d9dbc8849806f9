// Compiles a JSON document to schema nodes. Everything that would not be enforced is an error.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"
#include "contracts/src/schema/schema.h"

namespace understudy {

// Adds the schemas at these pointers, and what they refer to, to `schemas`, and returns the node of each. Nodes that are there already
// stay as they are. `document` is the same for all calls. After an error `schemas` is useless.
tl::expected<std::vector<NodeId>, SchemaError> compile_nodes(const Json& document, const std::vector<std::string>& pointers,
                                                             SchemaOptions options, SchemaNodes& schemas);

}  // namespace understudy
