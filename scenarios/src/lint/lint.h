// Checks a scenario against the contracts before anything is sent: unknown names, undefined variables, expectations that no response
// can meet, scalars that YAML types differently than the contract. One problem for each mistake.
#pragma once

#include <vector>

#include "contracts/src/base/problem.h"
#include "contracts/src/model/contract.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

// All mistakes in the order of the file; empty: the scenario can be run.
std::vector<Problem> lint_scenario(const ScenarioFile& file, const Contracts& contracts);

}  // namespace understudy
