// Owns snapshots: all of a tenant that its exchanges change, as it was at one moment, kept beside the tenant or carried elsewhere
// as JSON. Not in it: journal, name and credential, which belong to the tenant itself.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mock/state/tenant.h"

namespace understudy {

struct Snapshot {
  Time taken{};  // by the tenant's clock
  Env env;
  Profile profile;
  std::map<std::string, ApiState, std::less<>> states_by_api;  // by api; records are shared with the tenant until one changes
  std::map<std::string, IssuedToken> tokens;
  std::vector<ArmedFault> faults;
};

// The caller holds the tenant's lock. Neither fails.
Snapshot take_snapshot(const Tenant& tenant);
void restore_snapshot(Tenant& tenant, const Snapshot& snapshot);

// The document that another mock with the same contracts takes: parse_snapshot(render_snapshot(s)) restores what s does.
// The caller holds the lock of the tenant whose snapshot it is.
Json render_snapshot(const Snapshot& snapshot);
Result<Snapshot> parse_snapshot(const Json& document, const Contracts& contracts);

// How many records each collection has, by api.collection.
Json count_records(const std::map<std::string, ApiState, std::less<>>& states_by_api);

}  // namespace understudy
