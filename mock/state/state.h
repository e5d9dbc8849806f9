// The state of a tenant: everything that its exchanges and admin calls change, as plain values. Readers get it as const; apply()
// (change.h) is the only function that changes it, called by LiveState (live_state.h).
#pragma once

#include "contracts/src/base/text.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/rules.h"
#include "mock/records/store.h"
#include "mock/state/limits.h"
#include "mock/state/redelivery.h"
#include "scenarios/src/model/fault_words.h"

namespace understudy {

struct IssuedToken {
  std::string username;
  Time issued, expires;
  bool operator==(const IssuedToken&) const = default;
};

struct FaultDefinition {
  FaultSpec spec;
  Json written = Json::object();  // as it was given, with the full name of its operation
};

struct ArmedFault {
  std::shared_ptr<const FaultDefinition> definition;
  std::uint64_t id = 0;    // its tenant's number for it
  std::uint64_t seen = 0;  // calls that matched it
  std::uint64_t applied = 0;

  const FaultSpec& spec() const { return definition->spec; }
  bool operator==(const ArmedFault& other) const;
};

// The state of a tenant in one API.
struct ApiState {
  explicit ApiState(const Contract& contract) : store(contract) {}

  Store store;
  Switches switches;
  Settings settings;
  Limiter limiter;
  Redeliveries delivered;
  // Until this time no record changes by itself; the earliest time after records that do have changed (mock/engine/settle.cpp).
  Time settled_until = Time::min();
  bool changes_by_itself(std::string_view collection) const { return contains(store.contract().changing, collection); }

  bool operator==(const ApiState& other) const;
};

struct Snapshot;

// Copies share the records until one of them changes.
struct TenantState {
  TenantState() = default;
  // Without records, limits and faults; settings and switches have no values yet.
  explicit TenantState(const Contracts& contracts);

  Env env;
  Profile profile;
  std::map<std::string, ApiState, std::less<>> states_by_api;
  std::map<std::string, IssuedToken, std::less<>> tokens;
  std::vector<ArmedFault> faults;
  std::uint64_t next_fault_id = 1;
  std::map<std::string, std::shared_ptr<const Snapshot>, std::less<>> snapshots;  // of this tenant, by name

  bool operator==(const TenantState& other) const;  // exact: also serial numbers of records, counts, the state of the randomness
};

// The state at one moment, without its own snapshots. See also: mock/engine/engine.h (snapshots as JSON).
struct Snapshot : TenantState {
  Time taken{};  // by the tenant's clock
};

std::size_t record_count(const TenantState& state);  // of all APIs
Json count_records(const TenantState& state);        // of each collection, by api.collection
Snapshot take_snapshot(const TenantState& state);
const ArmedFault* find_fault(const TenantState& state, std::uint64_t id);  // null: it is not armed

}  // namespace understudy
