// A tenant: the state of one integrator or scenario, guarded by one lock. The directory finds a tenant by the credential of a request.
#pragma once

#include <set>
#include <shared_mutex>

#include "contracts/src/model/profile.h"
#include "mock/mock.h"
#include "mock/state/journal.h"
#include "mock/state/limits.h"
#include "mock/state/redelivery.h"
#include "mock/state/store.h"
#include "scenarios/src/model/fault_words.h"

namespace understudy {

struct IssuedToken {
  std::string username;
  Time issued, expires;
};

struct ArmedFault {
  FaultSpec spec;
  Json written = Json::object();  // as it was given
  std::uint64_t id = 0;           // its tenant's number for it
  std::uint64_t seen = 0;         // calls that matched it
  std::uint64_t applied = 0;
};

// The state of a tenant in one API.
struct ApiState {
  explicit ApiState(const Contract& contract) : store(contract) {}

  Store store;
  Switches switches;
  Settings settings;
  Limiter limiter;
  Redeliveries delivered;
  // Until this time no record changes by itself, unless the store has changed since `settled_writes` (mock/engine/settle.cpp).
  Time settled_until = Time::min();
  std::uint64_t settled_writes = 0;
};

// Everything that exchanges change in a tenant. Copies share the records until one of them changes.
struct TenantState {
  Env env;
  Profile profile;
  std::map<std::string, ApiState, std::less<>> states_by_api;
  std::map<std::string, IssuedToken> tokens;
  std::vector<ArmedFault> faults;
};

// The state at one moment, without journal, name and credential. See also: mock/engine/engine.h (snapshots as JSON).
struct Snapshot : TenantState {
  Time taken{};  // by the tenant's clock
};

struct Tenant : TenantState {
  Tenant(std::string tenant_name, std::size_t journal_entries, std::size_t journal_bytes, std::shared_ptr<JournalShare> journals = nullptr)
      : name(std::move(tenant_name)), journal(journal_entries, journal_bytes, std::move(journals)) {}

  const std::string name;
  std::string api;  // the API of operations and sequences that are named without one; may be empty
  std::string username, password, key;
  Bounds bounds;
  std::shared_ptr<const Json> staged;  // the document it was made from; null: the default tenant
  std::mutex mutex;                    // guards all below and TenantState
  std::uint64_t next_fault_id = 1;
  Journal journal;
  std::uint64_t journal_offset = 0;  // total() of the journal when the tenant was staged or reset
  std::map<std::string, std::shared_ptr<const Snapshot>, std::less<>> snapshots;
};

// Thread-safe. A tenant that is replaced or removed lives until the exchanges that use it are done.
class Directory {
 public:
  std::shared_ptr<Tenant> find(std::string_view name) const;
  std::shared_ptr<Tenant> find_username(std::string_view username) const;
  std::shared_ptr<Tenant> find_key(std::string_view key) const;
  // The only tenant that was staged for an API, and not for no situation at all like `demo`; null: there is none, or several.
  std::shared_ptr<Tenant> find_only(std::string_view api) const;
  bool remove(std::string_view name);
  // Adds or replaces some tenants by name and removes others, in one step. If two would have the same username or key, nothing changes.
  struct Clash {
    std::string name, owner;
  };
  std::optional<Clash> exchange(const std::vector<std::shared_ptr<Tenant>>& added, const std::vector<std::string>& removed = {});
  std::vector<std::shared_ptr<Tenant>> all() const;
  std::size_t size() const;

 private:
  void forget(std::string_view name);
  void enter(std::shared_ptr<Tenant> tenant);
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> by_name_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> by_username_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> by_key_;
  std::map<std::string, std::set<std::string>, std::less<>> names_by_api_;  // of the staged ones
};

// The caller holds the tenant's lock.
std::size_t record_count(const TenantState& state);  // of all APIs
Json count_records(const TenantState& state);        // of each collection, by api.collection
Snapshot take_snapshot(const Tenant& tenant);
void restore_snapshot(Tenant& tenant, const Snapshot& snapshot);

// Tokens have three parts, as those of real services. They contain the tenant's name, so that an expired token still finds it.
std::string make_token(std::string_view tenant, Env& env);
std::optional<std::string> tenant_of_token(std::string_view token);

}  // namespace understudy
