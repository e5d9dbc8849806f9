// Says whether a value fits a schema and nothing else: no findings, no allocation, one walk. Exact, but for regular expressions that give
// up. valijson.h is asked about every value that does not fit here; explain.h says why it does not.
#pragma once

#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"

namespace understudy {

Verdict judge_quickly(const SchemaNodes& schemas, NodeId root, const Json& value);

}  // namespace understudy
