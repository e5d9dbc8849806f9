// Owns what commands that run scenarios have in common: which ones, under which profiles, with which variables.
#pragma once

#include <string>
#include <vector>

#include "conformance/run/suite.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

// `text`: a profile's name, `all`, or {base: NAME, switch: value}; empty: what the target is said to have.
Result<std::vector<Profile>> read_profiles(const std::string& text, const Target& target, const Contracts& contracts);

// name=value each.
Result<Json> read_variables(const std::vector<std::string>& texts);

// A run's worst outcome as an exit code: of 8, 5, 3, 4, 2, 1, 7 the first that applies. `own_findings`: the mock in this process broke
// its own contract. `signal`: what ended the run, or 0.
int exit_of(const Summary& summary, bool own_findings, int signal);

// Says once what no verdict can say: that the target is not there.
void tell_unreachable(const Summary& summary);

}  // namespace understudy
