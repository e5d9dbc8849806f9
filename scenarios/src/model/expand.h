// Expands `each`: one run for each row of the scenario, one step for each row of a step.
#pragma once

#include <string>
#include <vector>

#include "scenarios/src/model/scenario.h"

namespace understudy {

struct ScenarioRun {
  std::string row;                  // "" if the scenario has no rows
  Json variables = Json::object();  // of the row, templates
  std::vector<Step> steps;          // without `each`; `variables` holds the row's, `number` counts as written
};

// In the order of the file; never empty.
std::vector<ScenarioRun> expand_scenario(const Scenario& scenario);
// api/stem, with the row: sellercloud/create-order [two letters].
std::string run_name(const Scenario& scenario, const ScenarioRun& run);

}  // namespace understudy
