// Compiles a JSON document to schema nodes. Everything that would not be enforced is an error.
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
