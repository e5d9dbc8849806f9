// Scenarios made from the contract: for each operation, the bundled or given scenarios show one request that succeeds; it is sent changed
// in one respect at a time. The mock answers each request first, and its answer is what a target is expected to give.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

struct GenerateOptions {
  std::size_t per_operation = 100;   // cases at most
  std::uint64_t seed = 1;            // which cases, if there are more
  std::set<std::string> operations;  // qualified; empty: all
  Profile profile;                   // under which the mock answers
  bool pin_profile = false;          // the scenarios hold in this profile only
};

// Runs the scenarios on the mock. Returns, by the name of the run, the answers of its last step: one for each call or item of a batch.
using AnswersByRun = std::map<std::string, std::vector<std::string>>;
using Oracle = std::function<Result<AnswersByRun>(const std::vector<ScenarioFile>& files)>;

// The scenario files, in the order of their operations; each is named <api>/generated-<operation>-<part>-<answer>.yaml. The same contracts,
// scenarios and seed give the same files.
Result<std::vector<ScenarioFile>> generate_scenarios(const std::vector<ScenarioFile>& files, const Contracts& contracts,
                                                     const GenerateOptions& options, const Oracle& oracle);

}  // namespace understudy
