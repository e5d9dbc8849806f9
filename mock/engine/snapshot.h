// Snapshots: everything that exchanges change in a tenant, at one moment, in memory or as JSON for another mock. They do not contain
// the journal, the name and the credential.
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
  std::map<std::string, ApiState, std::less<>> states_by_api;  // records are shared with the tenant until one changes
  std::map<std::string, IssuedToken> tokens;
  std::vector<ArmedFault> faults;
};

// The caller holds the tenant's lock. Neither fails.
Snapshot take_snapshot(const Tenant& tenant);
void restore_snapshot(Tenant& tenant, const Snapshot& snapshot);

// The document that a mock with the same contracts reads: parse_snapshot(render_snapshot(s)) restores the same as s.
// The caller holds the lock of the tenant.
Json render_snapshot(const Snapshot& snapshot);
Result<Snapshot> parse_snapshot(const Json& document, const Contracts& contracts);

// The number of records of each collection, by api.collection.
Json count_records(const std::map<std::string, ApiState, std::less<>>& states_by_api);

}  // namespace understudy
