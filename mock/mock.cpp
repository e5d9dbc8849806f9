// From a request to its delivery: Engine::handle() finds contract and tenant, and the walk does the rest.
#include "mock/mock.h"

#include <fmt/ranges.h>

#include "contracts/src/model/check.h"
#include "mock/admin/admin.h"
#include "mock/engine/engine.h"
#include "mock/engine/walk.h"
#include "mock/wiremock/near_miss.h"
#include "mock/wiremock/record_exchange.h"
#include "mock/wiremock/requests.h"

namespace understudy {
namespace {

const Json kNoQuery = Json::object();
constexpr std::string_view kAdminBase = "/__admin";
constexpr std::uint32_t kCheckedAnswers = 32;
constexpr std::size_t kMostOwnFindings = 1000;

bool is_admin(std::string_view path) {
  return path.starts_with(kAdminBase) && (path.size() == kAdminBase.size() || path[kAdminBase.size()] == '/');
}

// The origin to name in Access-Control-Allow-Origin; empty: pages of the request's origin may not read the response.
std::string allowed_origin(const std::string& option, const Request& request) {
  const auto origin = find_header(request.headers, "Origin");
  return origin && (option == "*" || option == *origin) ? option : std::string();
}

// A browser asks before it sends what a form could not send (Fetch standard, CORS-preflight request).
bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && find_header(request.headers, "Access-Control-Request-Method").has_value();
}

Response answer_preflight(const Request& request, const std::string& origin) {
  Response response{.status = 204};
  const auto echo = [&](const char* asked, const char* allowed) {
    if (const auto value = find_header(request.headers, asked)) response.headers.push_back({allowed, std::string(*value)});
  };
  response.headers.push_back({"Access-Control-Allow-Origin", origin});
  echo("Access-Control-Request-Method", "Access-Control-Allow-Methods");
  echo("Access-Control-Request-Headers", "Access-Control-Allow-Headers");
  response.headers.push_back({"Access-Control-Max-Age", "600"});
  response.headers.push_back({"Vary", "Origin"});
  return response;
}

JournalEntry begin_entry(const Tenant& tenant, const Caller& caller) {
  return {.at = tenant.state().env.clock.now(), .client = caller.address, .secure = caller.secure};
}

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Tries for a few times as long as an exchange holds the lock, because it costs more to put a thread to sleep and to wake it.
std::unique_lock<std::mutex> lock_soon(std::mutex& mutex) {
  constexpr std::uint64_t kMicroseconds = 100;
  constexpr int kPauses = 16;  // between two tries, which slow down the thread that has the lock
  std::unique_lock lock(mutex, std::try_to_lock);
  if (lock.owns_lock()) return lock;
  for (const Stopwatch since; !lock.owns_lock() && since.microseconds() < kMicroseconds; static_cast<void>(lock.try_lock())) {
    for (int i = 0; i < kPauses; ++i) pause_briefly();
  }
  if (!lock.owns_lock()) lock.lock();
  return lock;
}

// Tells a developer who looks at the response that the mock, not the vendor, lacks the operation.
void mark_unmatched(Response& response, const std::vector<std::string>& nearest) {
  response.headers.push_back(
      {"Understudy-Unmatched", nearest.empty() ? "no operation is near" : fmt::format("{}", fmt::join(nearest, ", "))});
}

Response no_such_api(const Contracts& contracts, const Request& request) {
  std::string bases;
  for (const auto& contract : contracts.apis) bases += (bases.empty() ? "" : ", ") + contract->base;
  const std::string message = "No API is served at '" + std::string(path_of(request.target)) + "'. Bases: " + bases + ".";
  return json_answer(404, {{"code", "no-such-api"}, {"message", message}});
}

Delivery refuse_unrouted(const Call& call, Trace& trace) {
  if (call.contract.credentials_before_path) {
    if (const auto rejection = authenticate(call)) return {.response = refuse(call, *rejection, trace)};
  }
  const Refusals& refusals = call.contract.refusals;
  const bool is_known_path = !call.route.allowed.empty();
  return {.response =
              refuse(call, {.answer = is_known_path ? refusals.method : refusals.path, .rule = is_known_path ? "method" : "path"}, trace)};
}

}  // namespace

Engine::Engine(Contracts the_contracts, MockOptions the_options)
    : contracts(std::move(the_contracts)),
      options(std::move(the_options)),
      fleet(options.storage == nullptr ? nullptr : options.storage->fleet()),
      policy(options.policy != nullptr ? options.policy : std::make_shared<const Policy>()),
      router(contracts, options.only_api),
      journals(std::make_shared<JournalShare>(options.journal_total_bytes)),
      stubs(options.stubs != nullptr ? options.stubs : std::make_shared<Stubs>()) {
  for (const auto& contract : contracts.apis) {
    for (const auto& [name, answer] : contract->answers) {
      for (const ResponseVariant& variant : answer.variants) checked.emplace(&variant, 0);
    }
  }
}

// For a path that neither a base nor a route assigns to an API: the API that takes the kind of credential the request carries.
const Contract* Engine::hint_of(const Request& request) const {
  for (const auto& contract : contracts.apis) {
    const Credentials& credentials = contract->credentials;
    if (credentials.kind == Credentials::Kind::api_key && !credentials.header.empty() && find_header(request.headers, credentials.header))
      return contract.get();
  }
  if (!find_header(request.headers, "Authorization")) return nullptr;
  for (const auto& contract : contracts.apis) {
    if (contract->credentials.kind == Credentials::Kind::bearer_token) return contract.get();
  }
  return nullptr;
}

Engine::Identified Engine::identify(const Request& request, const PresentedCredential& presented, const Contract* contract) const {
  const auto pinned = find_header(request.headers, "Understudy-Tenant");
  if (pinned) {
    if (auto tenant = directory.find(*pinned)) return {.tenant = std::move(tenant)};
  }
  std::shared_ptr<Tenant> tenant;
  if (!presented.username.empty()) tenant = directory.find_username(presented.username);
  if (!tenant && !presented.key.empty()) tenant = directory.find_key(presented.key);
  for (const std::string_view token : {presented.token, std::string_view(presented.key)}) {
    if (tenant || token.empty()) continue;
    if (const auto name = tenant_of_token(token)) tenant = directory.find(*name);
  }
  if (tenant) return {.tenant = std::move(tenant), .is_presented = !pinned};
  if (contract != nullptr && contract->credentials.kind == Credentials::Kind::none) tenant = directory.find_only(contract->api);
  return {.tenant = tenant ? std::move(tenant) : directory.find(kDefaultTenant), .is_presented = false};
}

std::pair<std::shared_ptr<Tenant>, TenantLock> Engine::lock_tenant(const Request& request, const PresentedCredential& presented,
                                                                   const Contract* contract) const {
  for (;;) {
    const std::uint64_t number = fleet == nullptr ? 0 : fleet->directory();
    auto [tenant, is_presented] = identify(request, presented, contract);
    TenantLock lock(*tenant, lock_soon(tenant->mutex));
    if (tenant->is_replaced) continue;  // meanwhile
    if (fleet != nullptr && !is_presented) tenant->storage->expect_directory(number);
    return {std::move(tenant), std::move(lock)};
  }
}

// Checks the first answers of each variant against the contract, or all of them: a finding is a bug of ours.
std::vector<std::string> Engine::check_own_answer(const Call& call, const Trace& trace, const Response& response) {
  const ResponseDefinition* answer = trace.decisions.empty() ? nullptr : call.contract.find_response(trace.decisions.back().answer);
  if (answer == nullptr || answer->scope != Scope::exchange) return {};
  const Switches& switches = call.state.switches;
  const std::uint32_t before = checked.at(&pick_variant(*answer, switches)).fetch_add(1, std::memory_order_relaxed);
  if (!options.check_all_answers && before >= kCheckedAnswers) return {};
  std::vector<std::string> findings;
  for (const Finding& finding : check_response(call.contract, *call.operation, switches, response, answer).findings)
    findings.push_back(call.operation->name + " " + answer->name + finding.pointer + ": " + finding.message);
  if (findings.empty()) return {};
  const std::lock_guard lock(findings_mutex);
  for (const std::string& finding : findings) {
    if (own_findings.size() < kMostOwnFindings) own_findings.push_back(finding);
  }
  return findings;
}

// The operations that the client may have meant. The observer of unmatched requests gets them, too.
std::vector<std::string> Engine::report_unmatched(const Contract* contract, const Request& request) const {
  auto nearest = nearest_operations(*this, contract, request);
  if (options.unmatched) options.unmatched(request, nearest);
  return nearest;
}

// The request is kept in the journal of the tenant that it names, else of the default tenant.
Delivery Engine::refuse_without_api(const Request& request, const Caller& caller, const Stopwatch& stopwatch) const {
  Delivery delivery{.response = no_such_api(contracts, request)};
  auto nearest = report_unmatched(nullptr, request);
  mark_unmatched(delivery.response, nearest);
  std::shared_ptr<Tenant> tenant;
  JournalEntry entry;
  {
    auto [named, lock] = lock_tenant(request, {}, nullptr);
    tenant = std::move(named);
    entry = begin_entry(*tenant, caller);
  }
  entry.nearest = std::move(nearest);
  entry.decisions.push_back({.rule = "base"});
  entry.keep(request, delivery);
  entry.microseconds = stopwatch.microseconds();
  record(*this, tenant, std::move(entry), delivery);
  return delivery;
}

std::optional<Delivery> Engine::deliver_stub(const Request& request, const Caller& caller, const Stopwatch& stopwatch) const {
  std::shared_ptr<Tenant> tenant;
  JournalEntry entry;
  {
    auto [named, lock] = lock_tenant(request, {}, nullptr);
    tenant = std::move(named);
    entry = begin_entry(*tenant, caller);
  }
  entry.request = request;
  const auto stub = stubs->match(entry);
  if (stub == nullptr) return std::nullopt;
  Delivery delivery = stub->delivery;
  entry.matched = true;
  entry.decisions.push_back({.operation = "stub", .answer = stub->name, .evidence = Evidence::assumed});
  if (options.log_entries) delivery.log_entry = make_log_entry(entry, tenant->name);
  entry.keep(request, delivery);
  entry.microseconds = stopwatch.microseconds();
  record(*this, tenant, std::move(entry), delivery);
  return delivery;
}

Delivery Engine::handle(Request request, const Caller& caller) {
  const Stopwatch stopwatch;
  Route route = router.find(request.method, request.target, hint_of(request));
  // RFC 9110 9.3.2: HEAD is answered as GET would be; the wire leaves out the body.
  if (request.method == "HEAD" && route.operation == nullptr && !route.is_batch)
    route = router.find("GET", request.target, hint_of(request));
  if (route.operation == nullptr && !route.is_batch && !stubs->empty()) {
    if (auto delivery = deliver_stub(request, caller, stopwatch)) return *std::move(delivery);
  }
  if (route.contract == nullptr) return refuse_without_api(request, caller, stopwatch);
  Incoming incoming = read_incoming(route, request, options.batch_calls);
  const bool matched = route.is_batch || route.operation != nullptr;
  auto nearest = matched ? std::vector<std::string>() : report_unmatched(route.contract, request);

  const auto [tenant, lock] = lock_tenant(request, incoming.presented, route.contract);
  const std::string& api = route.contract->api;
  Draws env(*tenant, api);
  settle(*tenant, *route.contract);
  JournalEntry entry = begin_entry(*tenant, caller);
  entry.api = api;
  entry.contract = *std::ranges::find(contracts.apis, route.contract, &std::shared_ptr<const Contract>::get);
  entry.matched = matched;
  entry.ignored = std::move(incoming.parameters.ignored);
  const Call call{.request = request,
                  .route = route,
                  .contract = *route.contract,
                  .operation = route.operation,
                  .query = incoming.parameters.query.is_null() ? kNoQuery : incoming.parameters.query,
                  .presented = incoming.presented,
                  .policy = *policy,
                  .tenant = *tenant,
                  .state = tenant->state().states_by_api.at(api),
                  .env = env,
                  .body = route.operation == nullptr ? nullptr : &incoming.body,
                  .may_take_body = options.policy == nullptr && tenant->state().faults.empty(),
                  .caller = &caller};
  Trace trace;
  Delivery delivery = route.is_batch               ? walk_batch(call, incoming.decoded, trace)
                      : route.operation != nullptr ? walk_operation(call, incoming, trace)
                                                   : refuse_unrouted(call, trace);
  if (!route.is_batch && route.operation != nullptr && trace.fault.empty() && options.policy == nullptr)
    entry.findings = check_own_answer(call, trace, delivery.response);
  delivery = policy->decorate(call, trace, std::move(delivery));
  if (!matched) mark_unmatched(delivery.response, nearest);

  entry.nearest = std::move(nearest);
  entry.decisions = std::move(trace.decisions);
  if (tenant->is_kept()) tenant->set_made_by(maker_of(entry, request));
  entry.committed = std::move(trace.committed);
  entry.fault = std::move(trace.fault);
  entry.phase = std::move(trace.phase);
  if (options.log_entries) delivery.log_entry = make_log_entry(entry, tenant->name);
  entry.keep(std::move(request), delivery);
  discard(incoming.body);
  discard(incoming.decoded.value);
  entry.microseconds = stopwatch.microseconds();
  record(*this, tenant, std::move(entry), delivery);
  return delivery;
}

struct Mock::Impl {
  Engine engine;
  AdminApi admin{wiremock_tables()};
};

Mock::Mock(Contracts contracts, MockOptions options) : impl_(new Impl{Engine(std::move(contracts), std::move(options))}) {
  Engine& engine = impl_->engine;
  if (engine.options.storage == nullptr) static_cast<void>(engine.adopt({}));
}

Mock::~Mock() = default;

Delivery Mock::handle(Request request, const Caller& caller) {
  Engine& engine = impl_->engine;
  const bool for_admin = caller.admin && is_admin(path_of(request.target));
  if (engine.fleet != nullptr) {
    const auto shared = std::make_shared<const Request>(std::move(request));
    return for_admin ? handle_admin_shared(*shared, caller) : attempt(shared, caller);
  }
  if (engine.options.storage == nullptr)
    return for_admin ? impl_->admin.handle(engine, request, caller) : answer(std::move(request), caller);
  ReceiptCollector collector;
  Delivery delivery = for_admin ? impl_->admin.handle(engine, request, caller) : answer(std::move(request), caller);
  auto receipt = join(collector.take());
  if (!for_admin)
    delivery.stored = std::move(receipt);
  else if (wait_for(receipt) != Receipt::Outcome::stored)
    return {.response = refuse_unstored(*receipt)};
  return delivery;
}

// Another mock may have been faster: the attempt is then repeated by the one who delivers it.
Delivery Mock::attempt(const std::shared_ptr<const Request>& request, const Caller& caller) {
  impl_->engine.follow_fleet();
  ReceiptCollector collector;
  Delivery delivery = answer(Request(*request), caller);
  delivery.stored = join(collector.take());
  Attempt next{.repeat = [this, request, caller] { return attempt(request, caller); }};
  if (delivery.attempt != nullptr) next.keep = delivery.attempt->keep;
  if (delivery.stored == nullptr && next.keep) next.keep();
  delivery.attempt = delivery.stored == nullptr ? nullptr : std::make_shared<const Attempt>(std::move(next));
  return delivery;
}

Delivery Mock::handle_admin_shared(const Request& request, const Caller& caller) {
  for (;;) {
    impl_->engine.follow_fleet();
    ReceiptCollector collector;
    Delivery delivery = impl_->admin.handle(impl_->engine, request, caller);
    const auto receipt = join(collector.take());
    const auto outcome = wait_for(receipt);
    if (outcome == Receipt::Outcome::stored) return delivery;
    if (outcome != Receipt::Outcome::stale) return {.response = refuse_unstored(*receipt)};
  }
}

Delivery Mock::answer(Request request, const Caller& caller) {
  if (wants_landing_page(impl_->engine, request)) return {.response = landing_page(impl_->engine, request, caller)};
  if (!caller.vendors) return {.response = admin_only_response()};
  const std::string origin = allowed_origin(impl_->engine.options.cors_origin, request);
  if (!origin.empty() && is_preflight(request)) return {.response = answer_preflight(request, origin)};
  Delivery delivery = impl_->engine.handle(std::move(request), caller);
  if (origin.empty()) return delivery;
  auto& headers = delivery.response.headers;
  headers.push_back({"Access-Control-Allow-Origin", origin});
  headers.push_back({"Access-Control-Expose-Headers", "*"});
  headers.push_back({"Vary", "Origin"});
  return delivery;
}

bool Mock::takes_large_body(const Request& head, const Caller& caller) const {
  return caller.admin && is_admin(path_of(head.target)) && !check_access(impl_->engine.options, head, caller);
}

bool Mock::is_slow(const Request& request) { return is_admin(path_of(request.target)); }

Result<void> Mock::adopt(std::vector<StoredTenant> tenants) { return impl_->engine.adopt(std::move(tenants)); }

bool Mock::is_staged(const std::string& name, const Json& given) const { return impl_->engine.is_staged(name, given); }

Result<void> Mock::stage(const std::string& name, const Json& given) { return impl_->engine.stage(name, given); }

std::shared_ptr<Tenant> Mock::find_tenant(std::string_view name) const { return impl_->engine.directory.find(name); }

std::vector<std::shared_ptr<Tenant>> Mock::tenants() const { return impl_->engine.directory.all(); }

tl::expected<void, StagingProblem> Mock::restage(const Restaging& restaging) {
  auto staged = impl_->engine.restage(restaging);
  if (staged) impl_->engine.events.publish("change", {{"topic", "tenants"}, {"call", "restage"}});
  return staged;
}

Json Mock::own_findings() const {
  const std::lock_guard lock(impl_->engine.findings_mutex);
  return impl_->engine.own_findings;
}

}  // namespace understudy
