// Owns a silent run of scenarios on a mock in this process, for what only a run can tell: which scenario exercises what.
#pragma once

#include <memory>

#include "conformance/measure/coverage.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

// Runs all of them in every standard profile; scenarios that do not pass count for what they reached.
Result<std::unique_ptr<Coverage>> exercise(const Contracts& contracts, const Collected& scenarios);

}  // namespace understudy
