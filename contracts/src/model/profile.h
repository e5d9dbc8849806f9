// Profiles: which value each switch of a contract has.
#pragma once

#include <string>

#include "contracts/src/model/contract.h"

namespace understudy {

struct Profile {
  std::string base = "documented";
  Json overrides = Json::object();  // switch name -> value
};

// Reads "observed" or {base: observed, throttle_status: 429}; unknown names and illegal values are problems (without place).
Result<Profile> parse_profile(const Json& value, const Contracts& contracts);
Switches resolve_profile(const Profile& profile, const Contract& contract);
// Profiles worth trying with --profile all.
std::vector<Profile> standard_profiles();
std::string render_profile(const Profile& profile);  // documented; documented+throttle_status=429

}  // namespace understudy
