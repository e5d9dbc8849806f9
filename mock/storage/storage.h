// Where the state of the tenants is kept beside memory. A storage knows no engine: it takes commits and gives back tenants.
#pragma once

#include <span>

#include "mock/receipt.h"
#include "mock/state/commit.h"

namespace understudy {

// Who a tenant is, besides its state. A new tenant with the name of another replaces it.
struct TenantIdentity {
  std::string name, api, username, password, key;
  std::shared_ptr<const Json> staged;  // the document it was made from; null: the default tenant
  std::string staged_digest;           // of that document and what else staging depends on; empty: none
};

// Where a tenant of a shared storage stands (mock/storage/redis/).
struct SharedPosition {
  std::string origin;         // the id of its first commit: another tenant with its name has another one
  std::uint64_t entered = 0;  // the number of the directory since which it is there
  std::uint64_t number = 0;   // of its last commit
  std::string id;             // of that commit
};

struct StoredTenant {
  TenantIdentity identity;
  std::uint64_t number = 0;  // of its last commit that was stored
  TenantState state;
  SharedPosition position{};  // of a shared storage
};

// One thing to store. The first commit of a new tenant has its identity; without a commit and an identity, the tenant is removed.
struct StorageEntry {
  std::string tenant;
  std::shared_ptr<const Commit> commit{};
  std::shared_ptr<const TenantIdentity> identity{};
};

// Counts of rate limits, by tenant and API. They are stored within a second instead of before the answer.
using LimitCounts = std::map<std::string, std::map<std::string, Limiter::Count>>;

// An exchange of a tenant's journal, with credentials masked.
struct StoredExchange {
  std::string tenant, method, target;
  int status = 0;     // 0: there was no response
  Time at;            // by the tenant's clock
  std::string event;  // JSON, as GET /__admin/requests/{id} shows it
};

struct StorageOutcome {
  Receipt::Outcome outcome = Receipt::Outcome::stored;
  std::string reason{};  // a sentence, unless it is stored
};

// Not thread-safe: one thread uses it after load().
class Storage {
 public:
  virtual ~Storage() = default;
  virtual Result<std::vector<StoredTenant>> load(const Contracts& contracts) = 0;
  // Stores all entries in order, or none of them.
  virtual StorageOutcome append(std::span<const StorageEntry> entries, const LimitCounts& counts) = 0;
  // Adds exchanges to the journal: all of them, or none.
  virtual StorageOutcome append_journal(std::span<const StoredExchange>) { return {}; }
};

// Changes that make this state from an empty one (change::Staged), except its snapshots.
std::shared_ptr<const Commit> describe_state(const TenantState& state);

}  // namespace understudy
