// Explains a failed check: a walk over the compiled nodes that names keyword, place, expected and actual. valijson.h decides whether
// a value fits.
#pragma once

#include <cstddef>

#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"

namespace understudy {

// At most `limit` findings, in the order that schema.h promises; empty: the value fits.
Findings explain_value(const SchemaNodes& schemas, NodeId root, const Json& value, std::size_t limit);

}  // namespace understudy
