// Owns what one run of a scenario is, and what all runs share: values that the walk and its parts are handed.
#pragma once

#include <cstdint>
#include <string>

#include "conformance/measure/coverage.h"
#include "conformance/target/target.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/expand.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

class WriteGuard;

// One row of one scenario under one profile.
struct Run {
  const ScenarioFile* file = nullptr;
  ScenarioRun row;
  std::string name;        // sellercloud/create-order [two letters]
  Profile profile;         // judged by; the scenario's own if it pins one
  Profile asked;           // what the target is said to have; only one that can arrange can have another
  std::string tenant;      // on a target that can arrange
  std::uint64_t seed = 1;  // of run ids on a target that is not staged for this run
  std::size_t turn = 1;    // which repetition
};

// What all runs share.
struct RunContext {
  const Contracts& contracts;
  const Target& target;
  Json variables = Json::object();  // of the command line: they win over the scenario's
  bool strict = false;
  Coverage* coverage = nullptr;  // gathers what the runs exercise, if wanted
  WriteGuard* guard = nullptr;   // of a target where runs have no tenants of their own
};

}  // namespace understudy
