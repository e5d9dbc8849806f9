// Owns how `serve` stages scenarios on a mock: one tenant for each file, named by its stem.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/contract.h"
#include "mock/mock.h"

namespace understudy {

// Stages every scenario in the files and folders; returns how many. Two scenarios that claim one credential are a problem that
// names both places.
Result<std::size_t> stage_paths(Mock& mock, const Contracts& contracts, const std::vector<std::string>& paths);

}  // namespace understudy
