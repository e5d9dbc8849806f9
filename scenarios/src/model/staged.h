// The variables of a scenario that is staged on a mock without a run.
#pragma once

#include "scenarios/src/model/scenario.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

Variables staged_variables(const Scenario& scenario);

}  // namespace understudy
