#include "library/include/understudy/mock_server.h"

#include <algorithm>

#include "contracts/src/load/bundle.h"
#include "contracts/src/load/load.h"
#include "library/impl.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/collect.h"
#include "scenarios/src/model/given.h"
#include "scenarios/src/model/staged.h"

namespace understudy {
namespace {

std::string credential(const Json& given, const char* name, const std::string& fallback) {
  const Json* found = find_pointer(given, std::string("/credentials/") + name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : fallback;
}

const Contract& find_api(const Contracts& contracts, std::string_view api) {
  if (const Contract* contract = contracts.find_api(api)) return *contract;
  fail("unknown-api", "found no API '" + std::string(api) + "'" + did_you_mean(api, contracts.api_names()));
}

}  // namespace

void fail(const Problem& problem) { throw MockError(problem.code, render_problem(problem)); }

void fail(std::string code, const std::string& message) { fail(make_problem(Failure::usage, std::move(code), message)); }

Json read_text(std::string_view text, const std::string& what) { return take(parse_yaml(text, what)).root; }

std::string MockTenant::Impl::call_text(const std::string& method, const std::string& path, const std::string& body) {
  const Request request{.method = method, .target = "/__admin" + path, .headers = {{"Content-Type", "application/json"}}, .body = body};
  Response response = mock.handle(request, {.loopback = true}).response;
  if (response.status < 400) return std::move(response.body);
  // Each of its errors is an object with these two members.
  const Json error = parse_json(response.body).value_or(Json::object());
  fail(error.value("code", "admin-refused"), error.value("message", std::to_string(response.status) + " " + response.body));
}

Json MockTenant::Impl::call(const std::string& method, const std::string& path, const Json& body) {
  const auto answer = parse_json(call_text(method, path, body.is_null() ? "" : render_json(body)));
  return answer ? *answer : Json();
}

MockTenant MockTenant::Impl::handle_of(const std::string& name, const Json& given) {
  MockTenant tenant;
  tenant.server_ = shared_from_this();
  tenant.name_ = name;
  tenant.username_ = credential(given, "username", name);
  tenant.password_ = credential(given, "password", "demo");
  tenant.key_ = credential(given, "key", name);
  return tenant;
}

// Stages all files, or none if one has an error.
std::vector<MockTenant> MockTenant::Impl::stage(const std::vector<ScenarioFile>& files) {
  if (const auto claimed = find_claimed_twice(files)) fail(*claimed);
  std::vector<Json> documents;
  for (const ScenarioFile& file : files) {
    if (const auto problems = lint_scenario(file, contracts); !problems.empty()) fail(problems.front());
    documents.push_back(take(render_given(file, staged_variables(file.scenario))));
  }
  std::vector<MockTenant> tenants;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& name = files[i].scenario.stem;
    if (const auto done = mock.stage(name, documents[i]); !done)
      fail(files[i].document.problem("/given", done.error().code, done.error().message));
    tenants.push_back(handle_of(name, documents[i]));
  }
  return tenants;
}

MockServer::MockServer(const MockServerOptions& options) {
  auto contracts = take(load_contracts(bundled_files(), options.contracts));
  if (!options.only_api.empty()) find_api(contracts, options.only_api);
  auto profile = take(parse_profile(read_text(options.profile, "profile"), contracts));
  impl_ = std::make_shared<MockTenant::Impl>(std::move(contracts), MockOptions{.only_api = options.only_api,
                                                                               .profile = std::move(profile),
                                                                               .demo = options.demo,
                                                                               .check_all_answers = true,
                                                                               .journal_entries = options.journal_entries,
                                                                               .journal_bytes = options.journal_bytes});
  impl_->only_api = options.only_api;
  impl_->wire = take(Wire::open(
      {.host = options.host,
       .port = options.port,
       .threads = options.threads,
       .body_limit = options.body_limit,
       .tls_certificate = options.tls_certificate,
       .tls_key = options.tls_key,
       .takes_large_body = [mock = &impl_->mock](const Request& head,
                                                 const Peer& peer) { return mock->takes_large_body(head, {.loopback = peer.loopback}); },
       .is_slow = Mock::is_slow},
      [mock = &impl_->mock, secure = !options.tls_certificate.empty()](Request&& request, const Peer& peer) {
        return mock->handle(std::move(request),
                            {.loopback = peer.loopback, .address = peer.address, .secure = secure, .local_port = peer.local_port});
      }));
  impl_->scheme = options.tls_certificate.empty() ? "http" : "https";
  impl_->host = options.host.find(':') == std::string::npos ? options.host : "[" + options.host + "]";
  impl_->port = impl_->wire->port();
}

MockServer::~MockServer() {
  if (impl_ != nullptr) impl_->wire->stop();
}

MockServer::MockServer(MockServer&&) noexcept = default;

MockServer& MockServer::operator=(MockServer&& other) noexcept {
  std::swap(impl_, other.impl_);  // the old server stops with `other`
  return *this;
}

std::string MockServer::url() const { return impl_->scheme + "://" + impl_->host + ":" + std::to_string(impl_->port); }

std::string MockServer::url(std::string_view api) const {
  const Contract& contract = find_api(impl_->contracts, api);
  return impl_->only_api == api || contract.base == "/" ? url() : url() + contract.base;
}

std::uint16_t MockServer::port() const { return impl_->port; }

MockTenant MockServer::stage_file(const std::string& path) { return impl_->stage({take(load_scenario(path))}).front(); }

MockTenant MockServer::stage_yaml(std::string_view scenario, const std::string& name) {
  return impl_->stage({take(parse_scenario(scenario, name + ".yaml"))}).front();
}

std::vector<MockTenant> MockServer::stage_folder(const std::string& path) {
  const Collected collected = load_scenarios({path});
  if (!collected.problems.empty()) fail(collected.problems.front());
  return impl_->stage(collected.files);
}

MockTenant MockServer::stage_tenant(const std::string& name, std::string_view given) {
  const Json document = given.empty() ? Json::object() : read_text(given, "given");
  take(impl_->mock.stage(name, document));
  return impl_->handle_of(name, document);
}

MockTenant MockServer::tenant(const std::string& name) const {
  const std::shared_ptr<Tenant> found = impl_->mock.find_tenant(name);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : impl_->mock.tenants()) known.push_back(one->name);
    fail("unknown-tenant", "found no tenant '" + name + "'" + did_you_mean(name, known));
  }
  const std::lock_guard lock(found->mutex);
  return impl_->handle_of(name, {{"credentials", {{"username", found->username}, {"password", found->password}, {"key", found->key}}}});
}

std::vector<MockExchange> MockServer::requests() const {
  std::vector<MockExchange> all;
  for (const auto& tenant : impl_->mock.tenants()) {
    for (MockExchange& exchange : read_journal(*tenant)) all.push_back(std::move(exchange));
  }
  std::sort(all.begin(), all.end(), [](const MockExchange& a, const MockExchange& b) { return a.arrival < b.arrival; });
  return all;
}

void MockServer::clear_requests() { impl_->call("DELETE", "/requests"); }

std::size_t MockServer::count(std::string_view operation) const { return count_decisions(requests(), operation, nullptr); }

std::size_t MockServer::count(std::string_view operation, std::string_view answer) const {
  return count_decisions(requests(), operation, &answer);
}

std::vector<std::string> MockServer::findings() const {
  std::vector<std::string> texts;
  const Json findings = impl_->mock.own_findings();
  for (const Json& finding : findings) texts.push_back(as_text(finding));
  return texts;
}

std::string MockServer::admin(const std::string& method, const std::string& path, const std::string& body) const {
  return impl_->call_text(method, path, body);
}

void MockServer::stop() { impl_->wire->stop(); }

}  // namespace understudy
