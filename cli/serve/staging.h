// Owns how `serve` reads the scenarios it stages: one tenant for each file, named by its stem.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

struct Staging {
  std::map<std::string, ScenarioFile> files;  // by tenant
  std::map<std::string, Json> given;          // by tenant: what PUT /__admin/tenants/{name} would take
  std::vector<Problem> problems;
};

// Every scenario in the files and folders, with all that is wrong with them. Two that claim one credential are a problem that
// names both places.
Staging read_staging(const std::vector<std::string>& paths, const Contracts& contracts);

}  // namespace understudy
