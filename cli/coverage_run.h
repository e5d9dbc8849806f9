// Measures which scenarios exercise which part of a contract, by running them silently on a mock in this process.
#pragma once

#include <memory>

#include "conformance/measure/coverage.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

// Runs all scenarios in every standard profile. A scenario that does not pass counts for what it exercised.
Result<std::unique_ptr<Coverage>> collect_coverage(const Contracts& contracts, const Collected& scenarios);

}  // namespace understudy
