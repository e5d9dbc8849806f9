// A contract as OpenAPI 3.1 that other tools read: the shape of openapi.yaml, with credentials and the named answers as examples.
#pragma once

#include <vector>

#include "cli/contracts/examples.h"
#include "contracts/src/base/json.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// The calls of a batch become alternatives of its request body, which OpenAPI can describe. An answer that the profiles give differently
// has one example for each.
Json export_openapi(const Contract& contract, const std::vector<DocumentedExample>& examples);

}  // namespace understudy
