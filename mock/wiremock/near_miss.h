// Near misses of a request that matched no operation or got an error response: the operations nearest to it, with the expected and
// the actual value of each criterion. See also: request_pattern.h compares patterns.
#pragma once

#include "mock/engine/engine.h"
#include "mock/wiremock/request_pattern.h"

namespace understudy {

struct NearMiss {
  const Contract* contract = nullptr;
  const Operation* operation = nullptr;
  double distance = 0;
  std::vector<CriterionResult> criteria = {};
  PathParameters path = {};  // what the request has in place of the path's parameters
};

// The operations nearest to the request of `entry`: at most `most`, the nearest first, but those that it was routed to before all others.
std::vector<NearMiss> find_near_misses(const Engine& engine, const JournalEntry& entry, std::size_t most, StepBudget& budget);

// The operation of a near miss as a stub of WireMock.
Json render_stub_mapping(const NearMiss& miss);

// The names of the operations whose paths are nearest to that of a request, which no operation matched; those of the request's API
// where that is known.
std::vector<std::string> nearest_operations(const Engine& engine, const Contract* contract, const Request& request);

// A scenario step (scenario_export.cpp): YAML to paste into a scenario file, so that the request can be sent again. One element of
// `steps`, ending in a newline. Credentials are left out because the runner sends its own.
std::string render_step(const NearMiss& miss, const JournalEntry& entry);

}  // namespace understudy
