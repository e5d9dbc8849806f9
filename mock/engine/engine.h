// Owns what the engine keeps between exchanges: contracts, routes, tenants, and what it found wrong with itself. Only mock/
// includes it; everyone else sees mock/mock.h.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "contracts/src/model/router.h"
#include "mock/mock.h"
#include "mock/state/tenant.h"

namespace understudy {

struct Exchange;
struct Presented;

inline constexpr std::string_view kDefaultTenant = "lobby";  // whoever presents no known credential

struct Engine {
  Engine(Contracts the_contracts, MockOptions the_options);

  Delivery handle(const Request& request, const Caller& caller);
  Delivery answer_nobody(const Request& request, const Caller& caller, const Stopwatch& stopwatch);
  // Creates or replaces a tenant (stage.cpp).
  Result<void> stage(const std::string& name, const Json& given);
  tl::expected<void, StagingProblem> restage(const Mock::Restaging& restaging);
  // Everything as it was staged but its snapshots and, unless told otherwise, its journal; takes the tenant's lock.
  void reset(Tenant& tenant, bool journal_too = false) const;
  Result<std::shared_ptr<Tenant>> make_tenant(const std::string& name, const Json& given) const;
  std::shared_ptr<Tenant> make_default_tenant() const;

  const Contract* hint_of(const Request& request) const;
  std::shared_ptr<Tenant> identify(const Request& request, const Presented& presented) const;
  Response no_such_api(const Request& request) const;
  void check_own_answer(Exchange& exchange, const Operation& operation, const Response& response);

  const Contracts contracts;
  const MockOptions options;
  const Router router;
  const std::shared_ptr<JournalShare> journals;  // what all tenants' journals may hold together
  Directory directory;
  std::unordered_map<const ResponseVariant*, std::atomic<std::uint32_t>> checked;
  mutable std::mutex findings_mutex;
  std::vector<std::string> own_findings;  // guarded by findings_mutex
  const Stopwatch since_start;
};

// Records from outside, completed by their collection and put, all or none; from now on whoever gave them owns the collection. A
// record without a key is refused, one whose key is taken too unless it may replace. The caller holds the tenant's lock.
Result<std::vector<Record>> seed_records(Tenant& tenant, const Contract& contract, const std::string& collection, const Json& records,
                                         bool may_replace);
Result<const Collection*> find_collection(const Contract& contract, const std::string& collection);

}  // namespace understudy
