// Owns the engine: one walk from a request to a delivery (mock.cpp), no sockets, no sleeping, no system clock. Thread-safe:
// everything that changes belongs to a tenant and is guarded by its lock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "mock/delivery.h"

namespace understudy {

struct Misconduct;

struct MockOptions {
  std::string only_api;                              // serve this API alone at the root
  Profile profile;                                   // of tenants that name none
  bool demo = true;                                  // tenant demo/demo/demo exists
  bool rate_limits = true;                           // count calls by the contracts' limits; a tenant's own are always counted
  bool check_all_answers = false;                    // release: the first 32 of each variant
  bool log_entries = false;                          // fill Delivery::log_entry
  std::size_t journal_entries = 1000;                // for each tenant; 0: no journal
  std::size_t journal_bytes = 8u << 20;              // for each tenant
  std::size_t journal_total_bytes = 128u << 20;      // for all tenants together
  std::string admin_token{};                         // every admin call must carry it; empty: callers on this machine only
  std::function<void()> shutdown{};                  // what POST /__admin/shutdown does, on a wire thread; empty: nobody may end us so
  std::shared_ptr<Misconduct> misconduct = nullptr;  // what it does wrong on purpose; then its own answers are not checked
};

// Where a request came from, as far as the engine cares.
struct Caller {
  bool loopback = true;   // the admin API answers only these, unless a token is set
  bool vendors = true;    // may it reach the vendors' APIs by this port?
  bool admin = true;      // and the admin API?
  std::string address{};  // numeric; for the journal
  bool secure = false;    // over TLS; for the journal
};

struct Tenant;

// Which tenant could not be staged, and why.
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

  Delivery handle(const Request& request, const Caller& caller = {});

  // Creates or replaces a tenant from the document that PUT /__admin/tenants/{name} takes.
  Result<void> stage(const std::string& name, const Json& given);

  // Creates or replaces some tenants and removes others, in one moment: either all of it happens or, with a problem, nothing.
  // Exchanges that are under way finish on the tenant they began with.
  struct Restaging {
    std::vector<std::pair<std::string, Json>> given;  // by tenant name
    std::vector<std::string> removed;                 // names nobody has are fine
  };
  tl::expected<void, StagingProblem> restage(const Restaging& restaging);

  // Findings on the mock's own answers: our bugs, empty in a healthy run.
  Json own_findings() const;

  // For who has the mock in its process: mock/state/tenant.h says which lock guards what. Null if there is none; all, by name.
  std::shared_ptr<Tenant> find_tenant(std::string_view name) const;
  std::vector<std::shared_ptr<Tenant>> tenants() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
