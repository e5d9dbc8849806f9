// One run of a scenario (a row of it, under one profile), and what all runs of a suite share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "conformance/measure/journal_reader.h"
#include "conformance/target/target.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/router.h"
#include "scenarios/src/model/expand.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

class Implemented;
class Unfinished;
class WriteGuard;

struct Run {
  const ScenarioFile* file = nullptr;
  ScenarioRun row;
  std::string name;        // sellercloud/create-order [two letters]
  Profile profile;         // judged by; the scenario's own if it pins one
  Profile target_profile;  // of the target; differs from `profile` only on a target that can arrange
  std::string tenant;      // on a target that can arrange
  std::uint64_t seed = 1;  // of run ids on a target without tenants
  std::size_t turn = 1;    // which repetition
};

struct RunContext {
  const Contracts& contracts;
  const Target& target;
  Json variables = Json::object();           // of the command line; override the scenario's
  Evidence level = Evidence::assumed;        // differences from statements up to it are errors
  JournalReader* journals = nullptr;         // takes the journal of each run; null: not wanted
  WriteGuard* guard = nullptr;               // of a target without tenants
  const Implemented* implemented = nullptr;  // which operations the target has; null: all
  Unfinished* unfinished = nullptr;          // whose answers do not arrive, on a target without tenants
  std::shared_ptr<const Routers> routers = std::make_shared<Routers>(contracts);
};

}  // namespace understudy
