// Owns the names that a scenario has when it is staged on a mock without being run: its credential, its run, its variables.
#pragma once

#include "scenarios/src/model/scenario.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

Variables staged_variables(const Scenario& scenario);

}  // namespace understudy
