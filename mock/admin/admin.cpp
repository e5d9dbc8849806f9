#include "mock/admin/admin.h"

#include <array>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::string_view kBase = "/__admin";
constexpr std::string_view kConsole = "/console";  // the page itself has no secrets, and a browser cannot send a token for it
constexpr std::size_t kLongestName = 1024;         // bytes, decoded

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> find_value(const Pairs& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &Pairs::value_type::first);
  return found == pairs.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Response> check_names(const Pairs& names) {
  for (const auto& [what, name] : names) {
    if (auto error = check_name(what, name)) return error;
  }
  return std::nullopt;
}

Response run(const AdminOperation& operation, const AdminCall& call) {
  if (const auto* handle = std::get_if<Response (*)(const AdminCall&)>(&operation.handle)) return (*handle)(call);
  const std::string name = call.path_parameter("tenant");
  const auto tenant = call.engine.directory.find(name);
  return tenant ? std::get<Response (*)(const AdminCall&, Tenant&)>(operation.handle)(call, *tenant) : unknown_tenant(name);
}

// Before a call about a tenant, so that it sees the records as they are now.
void settle_tenant(Engine& engine, const std::optional<std::string>& name) {
  const auto tenant = name ? engine.directory.find(*name) : nullptr;
  if (tenant == nullptr) return;
  const ReceiptCollector ignored(ReceiptCollector::What::nothing);  // the call itself tells whether what it shows is stored
  const TenantLock lock(*tenant, kLater);
  for (const auto& contract : engine.contracts.apis) settle(*tenant, *contract);
}

// Whether the call is about the state of tenants. The others answer without the storage, too.
bool is_about_state(const AdminTable& table, const AdminOperation& operation) {
  constexpr std::string_view kTags[] = {"tenants", "records", "snapshots", "history", "faults", "time", "scenarios"};
  return std::ranges::find(kTags, table.tag) != std::end(kTags) || operation.id == "reset";
}

Response run_about_state(const AdminOperation& operation, const AdminCall& call) {
  if (const auto refused = call.engine.refresh_directory()) return refuse_unstored(*refused);
  settle_tenant(call.engine, find_value(call.path, "tenant"));
  return run(operation, call);
}

Response run_beside_state(const AdminOperation& operation, const AdminCall& call) {
  settle_tenant(call.engine, find_value(call.path, "tenant"));
  const ReceiptCollector ignored(ReceiptCollector::What::nothing);
  return run(operation, call);
}

void publish_change(const AdminCall& call, const AdminTable& table, const AdminOperation& operation) {
  if (!call.engine.events.has_listeners()) return;
  Json data = {{"topic", table.tag}, {"call", operation.id}};
  auto tenant = find_value(call.path, "tenant");
  if (!tenant) tenant = call.parameter("tenant");
  if (tenant) data["tenant"] = *tenant;
  call.engine.events.publish("change", data);
}

}  // namespace

std::optional<Response> check_name(const std::string& what, const std::string& name) {
  const bool has_controls = std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  const std::string reason = name.empty()                  ? "is empty"
                             : name.size() > kLongestName  ? "is longer than " + std::to_string(kLongestName) + " bytes"
                             : !is_valid_utf8(name)        ? "is not UTF-8"
                             : name == "." || name == ".." ? "is '" + name + "', which clients resolve as a path step"
                             : has_controls                ? "has control characters"
                                                           : "";
  if (reason.empty()) return std::nullopt;
  return error_response(400, "bad-name", "The name of the " + what + " " + reason + ".");
}

std::string AdminCall::path_parameter(std::string_view name) const { return find_value(path, name).value_or(""); }

std::optional<std::string> AdminCall::parameter(std::string_view name) const { return find_value(query, name); }

Response json_response(int status, const Json& body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = render_json(body)};
}

Response no_content() { return {.status = 204}; }

Response error_response(int status, const std::string& code, const std::string& message) {
  return json_response(status, {{"code", code}, {"message", message}});
}

Response error_response(const Problem& problem, int status) {
  Json body = {{"code", problem.code}, {"message", problem.message}};
  if (!problem.pointer.empty()) body["pointer"] = problem.pointer;
  const bool is_unstored = contains(std::array<std::string_view, 3>{"not-stored", "outcome-unknown", "history-lost"}, problem.code);
  return json_response(problem.code == "limit-reached" ? 409 : is_unstored ? 503 : status, body);
}

Response unknown_tenant(const std::string& name) { return error_response(404, "unknown-tenant", "There is no tenant '" + name + "'."); }

tl::expected<Json, Response> read_body(const AdminCall& call) {
  if (call.request.body.empty()) return Json::object();
  auto body = parse_json(call.request.body);
  if (body) return *std::move(body);
  const JsonError& error = body.error();
  return tl::unexpected(error_response(
      400, "body-not-json", "line " + std::to_string(error.line) + ", column " + std::to_string(error.column) + ": " + error.message));
}

tl::expected<std::vector<std::shared_ptr<Tenant>>, Response> find_tenants(const AdminCall& call) {
  auto name = find_value(call.path, "tenant");
  if (!name) name = call.parameter("tenant");
  if (!name) return call.engine.directory.all();
  auto tenant = call.engine.directory.find(*name);
  if (!tenant) return tl::unexpected(unknown_tenant(*name));
  return std::vector{std::move(tenant)};
}

tl::expected<std::vector<Json>, Response> change_each(const AdminCall& call, const std::vector<std::shared_ptr<Tenant>>& tenants,
                                                      const std::function<Json(Tenant& tenant)>& change) {
  std::vector<Json> results;
  for (std::shared_ptr<Tenant> tenant : tenants) {
    while (tenant != nullptr) {
      std::optional<ReceiptCollector> collector;
      if (call.engine.fleet != nullptr) collector.emplace();
      Json result = change(*tenant);
      const auto receipt = collector ? join(collector->take()) : nullptr;
      const auto outcome = wait_for(receipt);
      if (outcome == Receipt::Outcome::stored) {
        results.push_back(std::move(result));
        break;
      }
      if (outcome != Receipt::Outcome::stale) return tl::unexpected(refuse_unstored(*receipt));
      call.engine.follow_fleet();
      tenant = call.engine.directory.find(tenant->name);
    }
  }
  if (results.empty() && !tenants.empty()) return tl::unexpected(unknown_tenant(tenants.front()->name));  // all were removed meanwhile
  return results;
}

Response admin_only_response() {
  return error_response(404, "admin-only", "This port serves only the admin API, under /__admin; the vendors' APIs have another port.");
}

bool is_path_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

std::string parameter_name(std::string_view segment) { return std::string(segment.substr(1, segment.size() - 2)); }

std::optional<std::vector<std::pair<std::string, std::string>>> match_path(std::string_view path_template, std::string_view path) {
  const auto expected = path_segments(path_template), actual = path_segments(path);
  if (expected.size() != actual.size()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> values;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (is_path_parameter(expected[i]) && !actual[i].empty())
      values.emplace_back(parameter_name(expected[i]), percent_decode(actual[i]));
    else if (expected[i] != actual[i])
      return std::nullopt;
  }
  return values;
}

AdminApi::AdminApi(std::vector<AdminTable> further)
    : tables_{server_operations(), tenant_operations(), record_operations(),   snapshot_operations(), history_operations(),
              fault_operations(),  clock_operations(),  scenario_operations(), console_operations(),  metrics_operations()} {
  tables_.insert(tables_.end(), further.begin(), further.end());
}

std::vector<std::string> AdminApi::routes() const {
  std::vector<std::string> routes;
  for (const AdminTable& table : tables_) {
    for (const AdminOperation& operation : table.operations)
      routes.push_back(std::string(operation.method) + " " + std::string(operation.path));
  }
  return routes;
}

Delivery AdminApi::handle(Engine& engine, const Request& request, const Caller& caller) const {
  const std::string_view path = path_of(request.target);
  const std::string_view below = path.size() == kBase.size() ? "/" : path.substr(kBase.size());
  if (below != kConsole) {
    if (auto error = check_access(engine.options, request, caller)) return {.response = std::move(*error)};
  }
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const AdminTable& table : tables_) {
    for (const AdminOperation& operation : table.operations) {
      auto names = match_path(operation.path, below);
      if (!names) continue;
      if (operation.method == method) {
        if (auto error = check_names(*names)) return {.response = std::move(*error)};
        Delivery delivery;
        const AdminCall call{.tables = tables_,
                             .engine = engine,
                             .request = request,
                             .path = *std::move(names),
                             .query = parse_form(query_of(request.target)),
                             .made_by = "admin." + std::string(operation.id),
                             .stream = delivery.stream};
        delivery.response = is_about_state(table, operation) ? run_about_state(operation, call) : run_beside_state(operation, call);
        if (method != "GET" && !operation.shape.only_reads && delivery.response.status < 400) publish_change(call, table, operation);
        return delivery;
      }
      if (allowed.find(operation.method) == std::string::npos) allowed += (allowed.empty() ? "" : ", ") + std::string(operation.method);
    }
  }
  const std::string call = request.method + " " + std::string(path.substr(0, 200));
  if (allowed.empty())
    return {.response = error_response(404, "unknown-admin-call", "There is no " + call + "; GET /__admin/openapi.json lists all calls.")};
  Response response = error_response(405, "unknown-admin-call", "There is no " + call + "; this path allows " + allowed + ".");
  response.headers.push_back({"Allow", allowed});
  return {.response = std::move(response)};
}

}  // namespace understudy
