// Owns what the engine keeps between exchanges: contracts, routes, tenants, and what it found wrong with itself. Only mock/
// includes it; everyone else sees mock/mock.h.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "contracts/src/router.h"
#include "mock/mock.h"
#include "mock/tenant.h"

namespace understudy {

struct Exchange;
struct Presented;

inline constexpr std::string_view kLobby = "lobby";  // whoever presents no known credential

struct Engine {
  Engine(Contracts the_contracts, MockOptions the_options);

  Delivery handle(const Request& request, const Caller& caller);
  Delivery answer_nobody(const Request& request, const Caller& caller, const Stopwatch& stopwatch);
  // Creates or replaces a tenant (stage.cpp).
  Result<void> stage(const std::string& name, const Json& given);
  Result<std::shared_ptr<Tenant>> make_tenant(const std::string& name, const Json& given) const;
  tl::expected<void, StagingProblem> restage(const Mock::Restaging& restaging);
  void add_lobby();

  const Contract* hint_of(const Request& request) const;
  std::shared_ptr<Tenant> identify(const Request& request, const Presented& presented) const;
  Response no_such_api(const Request& request) const;
  void check_own_answer(Exchange& exchange, const Operation& operation, const Response& response);

  const Contracts contracts;
  const MockOptions options;
  const Router router;
  const std::shared_ptr<JournalShare> journals;  // what all tenants' journals may hold together
  Directory directory;
  std::unordered_map<const AnswerVariant*, std::atomic<std::uint32_t>> checked;
  mutable std::mutex findings_mutex;
  std::vector<std::string> own_findings;  // guarded by findings_mutex
};

}  // namespace understudy
