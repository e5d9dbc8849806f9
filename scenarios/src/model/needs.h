// What a scenario needs of its target, found in the file before anything is sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

// All words for needs, in the order in which they are reported.
const std::vector<std::string>& all_needs();

// Of all_needs(), in its order. `target`: the profile the target is known to have; a pinned profile that resolves to the same
// switches is no need then.
std::vector<std::string> find_needs(const Scenario& scenario, const Contracts& contracts, const Profile* target = nullptr);
// The reason: "settings: given.settings", "clock: step 4 advances it".
std::string explain_need(const Scenario& scenario, std::string_view need);

// The longest time that the steps let pass, if real waiting can replace moving a clock; nullopt: it cannot (the scenario sets the
// clock). How long an expired token takes is known only when the target has issued one.
std::optional<Milliseconds> find_waits(const Scenario& scenario, const Contracts& contracts);

}  // namespace understudy
