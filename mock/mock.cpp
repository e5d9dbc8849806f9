// The engine's main path: from a request to the delivery of its answer. Read handle() first.
#include "mock/mock.h"

#include <atomic>
#include <mutex>
#include <unordered_map>

#include "mock/admin/admin.h"
#include "mock/engine/engine.h"
#include "mock/engine/exchange.h"
#include "mock/wiremock/operations.h"

namespace understudy {
namespace {

constexpr std::string_view kAdminBase = "/__admin";
constexpr std::uint32_t kCheckedAnswers = 32;

bool is_admin(std::string_view path) {
  return path.starts_with(kAdminBase) && (path.size() == kAdminBase.size() || path[kAdminBase.size()] == '/');
}

// Of a batch: every operation once, in order, and what decided the first that was refused, or else the last.
std::shared_ptr<const AccessLogEntry> make_log_entry(const JournalEntry& entry, const std::string& tenant) {
  AccessLogEntry log_entry{.tenant = tenant, .fault = entry.fault, .phase = entry.phase};
  std::string_view last;
  for (const Decision& decision : entry.decisions) {
    if (!decision.operation.empty() && decision.operation != last) {
      log_entry.operation += (log_entry.operation.empty() ? "" : ",") + decision.operation;
      last = decision.operation;
    }
    if (!log_entry.rule.empty()) continue;
    log_entry.answer = decision.answer;
    log_entry.rule = decision.rule;
  }
  return std::make_shared<const AccessLogEntry>(std::move(log_entry));
}

}  // namespace

Engine::Engine(Contracts the_contracts, MockOptions the_options)
    : contracts(std::move(the_contracts)),
      options(std::move(the_options)),
      router(contracts, options.only_api),
      journals(std::make_shared<JournalShare>(options.journal_total_bytes)) {
  for (const auto& contract : contracts.apis) {
    for (const auto& [name, answer] : contract->answers) {
      for (const ResponseVariant& variant : answer.variants) checked.emplace(&variant, 0);
    }
  }
}

// A path that no base and no route attributes is attributed by the kind of credential it carries.
const Contract* Engine::hint_of(const Request& request) const {
  for (const auto& contract : contracts.apis) {
    const Credentials& credentials = contract->credentials;
    if (credentials.kind == Credentials::Kind::api_key && find_header(request.headers, credentials.header)) return contract.get();
  }
  if (!find_header(request.headers, "Authorization")) return nullptr;
  for (const auto& contract : contracts.apis) {
    if (contract->credentials.kind == Credentials::Kind::bearer_token) return contract.get();
  }
  return nullptr;
}

std::shared_ptr<Tenant> Engine::identify(const Request& request, const Presented& presented) const {
  if (const auto pinned = find_header(request.headers, "Understudy-Tenant")) {
    if (auto tenant = directory.find(*pinned)) return tenant;
  }
  std::shared_ptr<Tenant> tenant;
  if (!presented.username.empty()) tenant = directory.find_username(presented.username);
  if (!tenant && !presented.key.empty()) tenant = directory.find_key(presented.key);
  if (!tenant && !presented.token.empty()) {
    if (const auto name = tenant_of_token(presented.token)) tenant = directory.find(*name);
  }
  return tenant ? tenant : directory.find(kDefaultTenant);
}

Response Engine::no_such_api(const Request& request) const {
  std::string bases;
  for (const auto& contract : contracts.apis) bases += (bases.empty() ? "" : ", ") + contract->base;
  Response response;
  response.status = 404;
  response.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
  response.body =
      render_json({{"code", "no-such-api"},
                   {"message", "No API is stood in for at '" + std::string(path_of(request.target)) + "'. Bases: " + bases + "."}});
  return response;
}

// Release builds judge the first answers of each variant, tests all of them: a finding here is our own bug.
void Engine::check_own_answer(Exchange& exchange, const Operation& operation, const Response& response) {
  const ResponseDefinition* answer =
      exchange.entry.decisions.empty() ? nullptr : exchange.contract.find_response(exchange.entry.decisions.back().answer);
  if (answer == nullptr || answer->scope != Scope::exchange) return;
  const ResponseVariant& variant = pick_variant(*answer, exchange.state.switches);
  const std::uint32_t before = checked.at(&variant).fetch_add(1, std::memory_order_relaxed);
  if (!options.check_all_answers && before >= kCheckedAnswers) return;
  for (const Finding& finding : check_response(exchange.contract, operation, exchange.state.switches, response, answer).findings) {
    exchange.entry.findings.push_back(operation.name + " " + answer->name + finding.pointer + ": " + finding.message);
  }
  if (exchange.entry.findings.empty()) return;
  const std::lock_guard lock(findings_mutex);
  for (const std::string& finding : exchange.entry.findings) {
    if (own_findings.size() < 1000) own_findings.push_back(finding);
  }
}

// A path under no base is nobody's, yet its request is not lost: it stands in the journal of whom it names, else the lobby's.
Delivery Engine::answer_nobody(const Request& request, const Caller& caller, const Stopwatch& stopwatch) {
  Delivery delivery;
  delivery.response = no_such_api(request);
  const std::shared_ptr<Tenant> tenant = identify(request, {});
  JournalEntry entry;
  {
    const std::lock_guard lock(tenant->mutex);
    entry.at = tenant->env.clock.now();
  }
  entry.client = caller.address;
  entry.secure = caller.secure;
  entry.decisions.push_back({.rule = "base"});
  entry.keep(request, delivery);
  entry.microseconds = stopwatch.microseconds();
  tenant->journal.add(std::move(entry));
  return delivery;
}

Delivery Engine::handle(const Request& request, const Caller& caller) {
  const Stopwatch stopwatch;
  const Route route = router.find(request.method, request.target, hint_of(request));
  if (route.contract == nullptr) return answer_nobody(request, caller, stopwatch);
  Delivery delivery;
  Incoming incoming = read_incoming(route, request);
  const std::shared_ptr<Tenant> tenant = identify(request, incoming.presented);
  const std::lock_guard lock(tenant->mutex);
  Exchange exchange(request, *route.contract, incoming, *tenant, *tenant->states_by_api.at(route.contract->api));
  exchange.path = route.path;
  exchange.misconduct = options.misconduct.get();
  tenant->env.ids.enter(route.contract->api);
  for (const std::string& method : route.allowed) exchange.allow += (exchange.allow.empty() ? "" : ", ") + method;
  exchange.entry.at = tenant->env.clock.now();
  exchange.entry.api = route.contract->api;
  exchange.entry.matched = route.is_batch || route.operation != nullptr;
  exchange.entry.client = caller.address;
  exchange.entry.secure = caller.secure;

  if (route.is_batch) {
    delivery = walk_batch(exchange);
  } else if (route.operation != nullptr) {
    delivery = walk_operation(exchange, *route.operation);
    if (exchange.entry.fault.empty() && options.misconduct == nullptr) check_own_answer(exchange, *route.operation, delivery.response);
  } else {
    const Refusals& refusals = route.contract->refusals;
    const bool known_path = !route.allowed.empty();
    delivery.response =
        refuse(exchange, nullptr, {.answer = known_path ? refusals.method : refusals.path, .rule = known_path ? "method" : "path"});
  }

  bend_delivery(exchange, route.is_batch, delivery);
  if (options.log_entries) delivery.log_entry = make_log_entry(exchange.entry, tenant->name);
  exchange.entry.keep(request, delivery);
  exchange.entry.microseconds = stopwatch.microseconds();
  tenant->journal.add(std::move(exchange.entry));
  return delivery;
}

struct Mock::Impl {
  Engine engine;
  AdminApi admin{wiremock_tables()};
};

Mock::Mock(Contracts contracts, MockOptions options) : impl_(new Impl{Engine(std::move(contracts), std::move(options))}) {
  Engine& engine = impl_->engine;
  static_cast<void>(engine.directory.put(engine.make_default_tenant()));
  if (engine.options.demo) static_cast<void>(engine.stage("demo", Json::object()));
}

Mock::~Mock() = default;

Delivery Mock::handle(const Request& request, const Caller& caller) {
  const bool for_admin = caller.admin && is_admin(path_of(request.target));
  if (!for_admin && caller.vendors) return impl_->engine.handle(request, caller);
  Delivery delivery;
  delivery.response = for_admin ? impl_->admin.handle(impl_->engine, request, caller) : admin_only_response();
  return delivery;
}

Result<void> Mock::stage(const std::string& name, const Json& given) { return impl_->engine.stage(name, given); }

std::shared_ptr<Tenant> Mock::find_tenant(std::string_view name) const { return impl_->engine.directory.find(name); }

std::vector<std::shared_ptr<Tenant>> Mock::tenants() const { return impl_->engine.directory.all(); }

tl::expected<void, StagingProblem> Mock::restage(const Restaging& restaging) { return impl_->engine.restage(restaging); }

Json Mock::own_findings() const {
  const std::lock_guard lock(impl_->engine.findings_mutex);
  return impl_->engine.own_findings;
}

}  // namespace understudy
