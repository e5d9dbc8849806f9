// Takes the journal of each run on a target that can arrange tenants, before the run's tenant is removed.
#pragma once

#include <string>

#include "contracts/src/model/profile.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

class JournalReader {
 public:
  virtual ~JournalReader() = default;
  // `run`: its name, with the row; `journal`: the list of GET /__admin/tenants/{name}/requests, oldest first. Called by any thread.
  virtual void add(const std::string& run, const Scenario& scenario, const Profile& profile, const Json& journal) = 0;
};

}  // namespace understudy
