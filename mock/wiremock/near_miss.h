// Near misses of a request that matched no operation or got an error response: the operations nearest to it, with the expected and
// the actual value of each criterion. See also: request_pattern.h compares patterns, scenario_export.h makes a step of a near miss.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mock/engine/engine.h"
#include "mock/wiremock/request_pattern.h"

namespace understudy {

struct NearMiss {
  const Contract* contract = nullptr;
  const Operation* operation = nullptr;
  double distance = 0;
  std::vector<CriterionResult> criteria = {};
  std::map<std::string, std::string> path = {};  // what the request has in place of the path's parameters
};

// The nearest first, at most `most`. `entry`: the request and, if it is from a journal, the decisions on it.
std::vector<NearMiss> find_near_misses(const Engine& engine, const JournalEntry& entry, std::size_t most, StepBudget& budget);

// The operation in WireMock's format for stubs.
Json render_stub_mapping(const NearMiss& miss);

}  // namespace understudy
