// What a scenario is about, found in its file: the operations under test, those that only look at the result, and how well known its
// statements are.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

// Whether the step only reads, among steps of which some write. It then looks at what those did and is not itself under test.
bool only_inspects(const Step& step, const std::vector<Step>& steps, const std::string& api, const Contracts& contracts);

struct ScenarioSummary {
  std::set<std::string> operations;  // under test; qualified. Steps that name none (`request:`) add none
  std::set<std::string> inspecting;  // the others of the steps; cleanup does not count
  // Of what the steps expect: as the file says (evidence), else that of the operation and of the expected answer's status in the profile
  // `documented`.
  std::set<Evidence> levels;
};
ScenarioSummary summarize(const Scenario& scenario, const Contracts& contracts);

}  // namespace understudy
