// Owns judging a scenario against the contracts before anything is sent: names that do not exist, variables that nothing
// defines, expectations that no answer can meet, scalars that YAML reads otherwise than the contract. One line a mistake.
#pragma once

#include <vector>

#include "contracts/src/base/problem.h"
#include "contracts/src/model/contract.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

// All mistakes in the order of the file; empty: the scenario can be run.
std::vector<Problem> lint_scenario(const ScenarioFile& file, const Contracts& contracts);

}  // namespace understudy
