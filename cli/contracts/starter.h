// Starter scenarios for an API: for each operation a success, a missing credential, each required member, an unknown id.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"

namespace understudy {

struct StarterScenarios {
  std::map<std::string, Json> files;  // by operation
  std::vector<std::string> without;   // operations for which no valid request could be made
};
StarterScenarios make_starter_scenarios(const std::shared_ptr<const Contract>& contract);

}  // namespace understudy
