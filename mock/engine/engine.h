// What the engine keeps between exchanges: contracts, routes, tenants, and findings on its own answers. Included inside mock/ only;
// other code uses mock/mock.h.
#pragma once

#include "contracts/src/model/router.h"
#include "mock/engine/known_texts.h"
#include "mock/engine/metrics.h"
#include "mock/mock.h"
#include "mock/state/events.h"
#include "mock/state/stubs.h"
#include "mock/state/tenant.h"
#include "mock/storage/state_queue.h"

namespace understudy {

struct Call;
struct PresentedCredential;
struct Trace;

inline constexpr std::string_view kDefaultTenant = "lobby";  // serves requests without a known credential
inline constexpr std::string_view kStaging = "staging";      // what made the first commit of a tenant
inline constexpr std::string_view kStale = "stale";          // code of a problem: another mock has changed the directory
inline constexpr std::string_view kLater = "later";          // what made a commit of records that were due to change by themselves

struct Engine {
  Engine(Contracts the_contracts, MockOptions the_options);

  Delivery handle(Request request, const Caller& caller);
  // Creates or replaces a tenant (enter.cpp). `made_by`: of the commits.
  Result<void> stage(const std::string& name, const Json& given, std::string_view made_by = kStaging);
  tl::expected<void, StagingProblem> restage(const Mock::Restaging& restaging, std::string_view made_by = kStaging);
  // A new tenant that is as `source` was after one of the commits that its history keeps: records, clock, settings, faults, what a reset
  // leads to. It has no tokens, snapshots and journal. Fails if the name or a credential is taken: tenant-exists, credential-claimed.
  struct Fork {
    std::string name, username, password, key;
  };
  Result<void> fork(Tenant& source, std::uint64_t number, const Fork& fork, std::string_view made_by);
  // Back to how the tenant was staged, except its snapshots and its journal; with `journal_too` that is cleared, too. Takes the
  // tenant's lock.
  void reset(Tenant& tenant, std::string_view made_by, bool journal_too = false) const;
  // With a storage, takes over the tenants that it has. The default tenants are made if they are not among them.
  Result<void> adopt(std::vector<StoredTenant> stored);
  bool is_staged(const std::string& name, const Json& given) const;
  // With a shared storage (fleet.cpp): enters and removes tenants as other mocks did, as far as that is known.
  void follow_fleet();
  // The same, after it was asked for. A receipt if the storage does not answer; null: the directory is as the fleet has it.
  std::shared_ptr<Receipt> refresh_directory();
  Result<std::shared_ptr<Tenant>> make_tenant(const std::string& name, const Json& given) const;
  std::shared_ptr<Tenant> make_default_tenant() const;

  const Contract* hint_of(const Request& request) const;
  // `contract`: of the request; null: it has none. A tenant that was not found by what the request presents depends on the whole
  // directory: others might come before it.
  struct Identified {
    std::shared_ptr<Tenant> tenant;
    bool is_presented = true;
  };
  Identified identify(const Request& request, const PresentedCredential& presented, const Contract* contract) const;
  // The tenant and its lock; with a shared storage, what is done is valid only if no other mock has changed the directory in between.
  std::pair<std::shared_ptr<Tenant>, TenantLock> lock_tenant(const Request& request, const PresentedCredential& presented,
                                                             const Contract* contract) const;

  const Contracts contracts;
  const MockOptions options;
  Fleet* const fleet;  // null: no other mock uses the storage
  const std::shared_ptr<const Policy> policy;
  const Router router;
  const std::shared_ptr<JournalShare> journals;  // bounds the journals of all tenants together
  Directory directory;
  std::mutex entering;  // held while tenants are entered: a name that is free stays free
  std::unordered_map<const ResponseVariant*, std::atomic<std::uint32_t>> checked;
  mutable std::mutex findings_mutex;
  std::vector<std::string> own_findings;  // guarded by findings_mutex
  mutable Events events;                  // `exchange` and `change`, for GET /__admin/events
  mutable Metrics metrics;                // of all exchanges, for GET /__admin/metrics
  const std::shared_ptr<Stubs> stubs;     // for what no contract covers; never null
  mutable KnownTexts right_seeds{4096};   // documents of tenants, and answers with a record, in which check_seed() found nothing wrong
  const Stopwatch since_start;

 private:
  std::shared_ptr<Tenant> make_empty_tenant(const std::string& name) const;
  Result<void> try_fork(Tenant& source, std::uint64_t number, const Fork& fork, std::string_view made_by);
  std::shared_ptr<Tenant> make_stored_tenant(StoredTenant stored) const;
  bool follow_news();
  std::shared_ptr<Tenant> make_tenant_with(const std::string& name, TenantState state) const;
  void listen_to(Tenant& tenant) const;
  std::string staging_digest(const Json& given) const;
  // Every new tenant comes this way. Enters some and removes others in one step; their first commits have the numbers after those of the
  // tenants that they replace, and are stored before anyone sees them. On a problem nothing changes; the code kStale says that the
  // tenants are to be made again. Under `entering`.
  tl::expected<void, StagingProblem> enter(const std::vector<std::shared_ptr<Tenant>>& tenants, const std::vector<std::string>& removed,
                                           std::string_view made_by);
  std::vector<std::string> report_unmatched(const Contract* contract, const Request& request) const;
  // Of the first stub that matches; nullopt: none does.
  std::optional<Delivery> deliver_stub(const Request& request, const Caller& caller, const Stopwatch& stopwatch) const;
  Delivery refuse_without_api(const Request& request, const Caller& caller, const Stopwatch& stopwatch) const;
  std::vector<std::string> check_own_answer(const Call& call, const Trace& trace, const Response& response);
};

// Makes the changes of `later` that are due: every exchange and every admin call about the tenant begins with it. The caller holds the
// tenant's lock.
void settle(Tenant& tenant, const Contract& contract);

// Completes records by their collection and stores all or none of them; the collection then counts as seeded. A record without a
// key is refused, and one whose key exists unless `may_replace`. The caller holds the tenant's lock.
// `check`, if it is given, sees the state with the records, which are not stored if it returns a problem.
using SeedCheck = std::function<std::optional<Problem>(const ApiState& state, const std::vector<Record>& records)>;
Result<std::vector<Record>> seed_records(Tenant& tenant, const Contract& contract, const std::string& collection, const Json& records,
                                         bool may_replace, const SeedCheck& check = {});
// Reads each of the first 1,000 records back, as clients would. The problem seed-breaks-contract, with the pointer of the member in the
// list of records, if an answer breaks its schema. `state` has the records; nothing is changed. `right`: answers that need not be judged
// again. The caller holds the tenant's lock.
std::optional<Problem> check_seed(KnownTexts& right, Tenant& tenant, const Contract& contract, const ApiState& state,
                                  const std::string& collection, const std::vector<Record>& records);
Result<const Collection*> find_collection(const Contract& contract, const std::string& collection);

// The faults of a list, ready to be armed. Operations named without an API belong to `default_api`. Fails with the first fault that
// is invalid or could never apply: bad-fault, unknown-operation, unknown-answer, impossible-fault.
using FaultDefinitions = std::vector<std::shared_ptr<const FaultDefinition>>;
Result<FaultDefinitions> read_faults(const Json& faults, const Contracts& contracts, const std::string& default_api);
// Arms them after those that are armed already; returns their numbers. The caller holds the tenant's lock.
std::vector<std::uint64_t> arm_faults(Tenant& tenant, const FaultDefinitions& faults);
// The problem limit-reached, if the tenant would have more faults than its bound. Under the tenant's lock.
std::optional<Problem> check_fault_count(const Tenant& tenant, std::size_t added);
Problem limit_reached(const std::string& what, std::size_t most);

// Replaces the tenant's limits and starts to count from 0. On a problem nothing changes. The caller holds the tenant's lock.
std::optional<Problem> set_limits(Tenant& tenant, const Json& limits, const Contracts& contracts, const std::string& default_api);

// A snapshot as JSON, for another mock with the same contracts: parse_snapshot(render_snapshot(s)) restores the same as s.
Json render_snapshot(const Snapshot& snapshot);
Result<Snapshot> parse_snapshot(const Json& document, const Contracts& contracts);

}  // namespace understudy
