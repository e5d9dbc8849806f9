// Owns near misses: for a request that no operation matched, or that was refused, the operations it comes nearest to, with
// what was expected and seen criterion by criterion. The step to paste is step_text.h's; comparing a request pattern with
// what was journaled is request_pattern.h's.
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
  std::vector<CriterionResult> criteria;
  std::map<std::string, std::string> path;  // what the request has in the place of the path's parameters
};

// The nearest first, at most `most`. `entry` holds the request, and why it was refused if it was answered.
std::vector<NearMiss> find_near_misses(const Engine& engine, const JournalEntry& entry, std::size_t most = 3);

// An operation as WireMock shows what it would match.
Json render_stub_mapping(const NearMiss& miss);

}  // namespace understudy
