// What `lint` finds beside the mistakes of lint_scenario().
#pragma once

#include "contracts/src/model/contract.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

// Stages each file without a mistake so far on a mock, which reads its records back, and adds what the mock refuses.
void add_staging_problems(Collected& collected, const Contracts& contracts);

}  // namespace understudy
