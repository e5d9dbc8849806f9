// Owns what a scenario needs of its target, found in the file before anything is sent. Whether a target has it is the
// runner's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

// Every word for a need, in the order in which they are told.
const std::vector<std::string>& all_needs();

// Of all_needs(), in its order. `target`: the profile the target is known to have; a pinned profile that resolves to the same
// switches is no need then.
std::vector<std::string> find_needs(const Scenario& scenario, const Contracts& contracts, const Profile* target = nullptr);
// Why: "settings: given.settings", "clock: step 4 advances it".
std::string explain_need(const Scenario& scenario, std::string_view need);

// How long the steps let pass at most, if real waiting is as good as moving a clock; nullopt: it is not (a clock that is set,
// a token that is to expire at once).
std::optional<Milliseconds> find_waits(const Scenario& scenario, const Contracts& contracts);

}  // namespace understudy
