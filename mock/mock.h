// The mock: takes a request and returns a delivery. It opens no socket, never sleeps and reads no system clock, so that the same
// requests get the same bytes. Thread-safe: what changes belongs to a tenant and is guarded by the tenant's lock.
#pragma once

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "mock/delivery.h"

namespace understudy {

class Commit;      // mock/state/commit.h
class StateQueue;  // mock/storage/state_queue.h
class Policy;      // mock/engine/policy.h

// What the mock holds at most, so that no client can fill its memory; beyond: an error `limit-reached`.
struct Bounds {
  std::size_t tenants = 20'000;
  std::size_t records = 2'000'000;  // these and the following for each tenant
  std::size_t tokens = 10'000;      // expired ones are removed first
  std::size_t faults = 1000;
  std::size_t snapshots = 100;
};

class Stubs;

struct MockOptions {
  std::string only_api;                          // serve this API alone at the root
  Profile profile;                               // of tenants that name none
  bool demo = true;                              // tenant demo/demo/demo exists
  bool rate_limits = true;                       // count calls by the contracts' limits; limits of a tenant are always counted
  bool check_all_answers = false;                // false: check the first 32 of each variant
  bool log_entries = false;                      // fill Delivery::log_entry
  std::size_t journal_entries = 1000;            // for each tenant; 0: no journal
  std::size_t journal_bytes = 8u << 20;          // for each tenant
  std::size_t journal_total_bytes = 128u << 20;  // for all tenants together
  std::uint64_t query_steps = 5'000'000;         // of one query of the journal; beyond: 422
  std::size_t batch_calls = 1000;                // of one batch; beyond: refused as unreadable
  Bounds bounds{};
  std::string cors_origin{};         // "*" or the origin whose pages may call the vendors' APIs; empty: none
  std::string admin_token{};         // every admin call must carry it; empty: only callers on this machine may call
  std::function<void()> shutdown{};  // what POST /__admin/shutdown does, on a wire thread; empty: it is disabled (403)
  // Called for each request that no operation matches, without any lock, on the thread of the request. `nearest`: names of operations.
  std::function<void(const Request& request, const std::vector<std::string>& nearest)> unmatched{};
  std::size_t history = 0;  // commits of each tenant that are kept, with what takes them back (mock/history)
  // Called for every commit of every tenant, in order for each tenant, under its lock. Empty: no commits are made.
  std::function<void(const std::string& tenant, const std::shared_ptr<const Commit>& commit)> committed{};
  std::shared_ptr<Stubs> stubs{};          // shared with the mock that this one replaces; empty: its own (mock/state/stubs.h)
  std::shared_ptr<StateQueue> storage{};   // where the state is stored besides memory; empty: nowhere. Then see Mock::adopt()
  bool landing_page = false;               // GET / by a browser is answered by a page about this mock, instead of by the vendor
  std::shared_ptr<const Policy> policy{};  // takes decisions of the engine; the mock then does not check its own answers
};

// Where a request came from.
struct Caller {
  bool loopback = true;          // without an admin token, the admin API accepts only these
  bool vendors = true;           // this port serves the vendors' APIs
  bool admin = true;             // this port serves the admin API
  std::string address{};         // numeric; for the journal
  bool secure = false;           // over TLS
  std::uint16_t local_port = 0;  // where the request arrived, for requests without a Host
};

struct StoredTenant;  // mock/storage/storage.h
struct Tenant;

// A tenant that could not be staged, and why.
struct StagingProblem {
  std::string tenant;
  Problem problem;
};

class Mock {
 public:
  Mock(Contracts contracts, MockOptions options = {});
  ~Mock();
  Mock(const Mock&) = delete;
  Mock& operator=(const Mock&) = delete;

  Delivery handle(Request request, const Caller& caller = {});  // moved into the journal: pass a temporary where speed matters

  // Whether a request with this head may have a body of any size: a call of the admin API by a caller who may use it.
  bool takes_large_body(const Request& head, const Caller& caller) const;
  // Whether handle() may need long for it: a call of the admin API. The server runs these on threads of their own.
  static bool is_slow(const Request& request);

  // With a storage, once, before anything else: takes over the tenants that it has. The default tenants are made only if it has none.
  Result<void> adopt(std::vector<StoredTenant> tenants);
  // Whether the tenant was staged with this document and with these options, perhaps before the process began.
  bool is_staged(const std::string& name, const Json& given) const;

  // Creates or replaces a tenant from the document that PUT /__admin/tenants/{name} takes.
  Result<void> stage(const std::string& name, const Json& given);

  // Creates or replaces some tenants and removes others in one step. On a problem nothing changes.
  // Exchanges in progress finish on the tenant that they began with.
  struct Restaging {
    std::vector<std::pair<std::string, Json>> given;  // by tenant name
    std::vector<std::string> removed;                 // unknown names are ignored
    bool keeps_staged = false;                        // what was staged with the same document stays as it is
  };
  tl::expected<void, StagingProblem> restage(const Restaging& restaging);

  // Findings on the mock's own answers. Each one is a bug of the mock or of its contract.
  Json own_findings() const;

  // For the process that embeds the mock; mock/state/tenant.h says which lock guards what. Null if there is none; all, by name.
  std::shared_ptr<Tenant> find_tenant(std::string_view name) const;
  std::vector<std::shared_ptr<Tenant>> tenants() const;

 private:
  Delivery answer(Request request, const Caller& caller);
  // With a shared storage.
  Delivery attempt(const std::shared_ptr<const Request>& request, const Caller& caller);
  Delivery handle_admin_shared(const Request& request, const Caller& caller);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
