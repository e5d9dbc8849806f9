#include "mock/admin.h"

#include <functional>

namespace understudy {
namespace {

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = render_json(body);
  return response;
}

Response failure(int status, const std::string& code, const std::string& message) {
  return json_response(status, {{"code", code}, {"message", message}});
}

Response failure(const Problem& problem) { return failure(400, problem.code, problem.message); }

Response no_tenant(const std::string& name) { return failure(404, "unknown-tenant", "There is no tenant '" + name + "'."); }

// What one admin call needs.
struct AdminCall {
  Engine& engine;
  const Request& request;
  std::vector<std::string> path;  // segments after /__admin, decoded
  std::vector<std::pair<std::string, std::string>> query;

  std::optional<std::string> parameter(std::string_view name) const {
    for (const auto& [key, value] : query) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
};

Response with_body(const AdminCall& call, const std::function<Response(const Json&)>& act) {
  if (call.request.body.empty()) return act(Json::object());
  const auto body = parse_json(call.request.body);
  if (!body)
    return failure(
        400, "body-not-json",
        "line " + std::to_string(body.error().line) + ", column " + std::to_string(body.error().column) + ": " + body.error().message);
  return act(*body);
}

Json render_tenant(const Tenant& tenant) {
  Json records = Json::object();
  for (const auto& [api, state] : tenant.accounts) {
    for (const std::string& collection : state->store.collections()) records[api + "." + collection] = state->store.count(collection);
  }
  return {{"name", tenant.name},
          {"username", tenant.username},
          {"profile", render_profile(tenant.profile)},
          {"now", render_rfc3339_millis(tenant.env.clock.now())},
          {"virtual", tenant.env.clock.is_virtual()},
          {"records", std::move(records)},
          {"exchanges", tenant.journal.total()}};
}

Response list_tenants(const AdminCall& call) {
  Json tenants = Json::array();
  for (const auto& tenant : call.engine.directory.all()) {
    const std::lock_guard lock(tenant->mutex);
    tenants.push_back(render_tenant(*tenant));
  }
  return json_response(200, {{"tenants", std::move(tenants)}});
}

Response put_tenant(const AdminCall& call, const std::string& name) {
  return with_body(call, [&](const Json& given) {
    const auto staged = call.engine.stage(name, given);
    return staged ? json_response(200, {{"name", name}}) : failure(staged.error());
  });
}

Response advance_clock(const AdminCall& call, Tenant& tenant) {
  return with_body(call, [&](const Json& body) {
    const auto by = body.find("by");
    const auto duration = by != body.end() && by->is_string() ? parse_duration(by->get_ref<const std::string&>()) : std::nullopt;
    if (!duration) return failure(400, "bad-duration", "expected {\"by\": \"61m\"}");
    const std::lock_guard lock(tenant.mutex);
    tenant.env.clock.advance(*duration);
    return json_response(200, {{"now", render_rfc3339_millis(tenant.env.clock.now())}});
  });
}

Response expire_tokens(Tenant& tenant) {
  const std::lock_guard lock(tenant.mutex);
  const Time now = tenant.env.clock.now();
  for (auto& [value, token] : tenant.tokens) token.expires = std::min(token.expires, now);
  return json_response(200, {{"expired", tenant.tokens.size()}});
}

Json journal_of(Tenant& tenant) {
  const std::lock_guard lock(tenant.mutex);
  Json entries = Json::array();
  for (const JournalEntry& entry : tenant.journal.entries()) entries.push_back(render_entry(entry, tenant.name));
  return entries;
}

Response list_requests(const AdminCall& call) {
  Json entries = Json::array();
  const auto only = call.parameter("tenant");
  for (const auto& tenant : call.engine.directory.all()) {
    if (only && tenant->name != *only) continue;
    for (Json& entry : journal_of(*tenant)) entries.push_back(std::move(entry));
  }
  return json_response(200, {{"requests", entries}, {"meta", {{"total", entries.size()}}}});
}

Response list_records(Tenant& tenant, const AdminCall& call) {
  const auto name = call.parameter("collection");
  const auto dot = name ? name->find('.') : std::string::npos;
  if (!name || dot == std::string::npos) return failure(400, "collection-missing", "name a collection: ?collection=api.name");
  const std::lock_guard lock(tenant.mutex);
  const auto found = tenant.accounts.find(name->substr(0, dot));
  if (found == tenant.accounts.end()) return failure(404, "unknown-api", "There is no API '" + name->substr(0, dot) + "'.");
  Json records = Json::array();
  for (const Record& record : found->second->store.list(name->substr(dot + 1))) records.push_back(*record);
  return json_response(200, {{"records", std::move(records)}});
}

Response handle_tenant(const AdminCall& call) {
  const std::string& name = call.path[1];
  const std::string& method = call.request.method;
  if (call.path.size() == 2 && method == "PUT") return put_tenant(call, name);
  const auto tenant = call.engine.directory.find(name);
  if (tenant == nullptr) return no_tenant(name);
  if (call.path.size() == 2 && method == "DELETE") {
    if (name == kLobby) return failure(400, "lobby-stays", "The lobby cannot be removed.");
    call.engine.directory.remove(name);
    return {.status = 204, .reason = {}, .headers = {}, .body = {}};
  }
  if (call.path.size() == 2 && method == "GET") {
    const std::lock_guard lock(tenant->mutex);
    return json_response(200, render_tenant(*tenant));
  }
  const std::string rest = call.path.size() == 3 ? call.path[2] : call.path.size() == 4 ? call.path[2] + "/" + call.path[3] : "";
  if (method == "POST" && rest == "clock/advance") return advance_clock(call, *tenant);
  if (method == "POST" && rest == "tokens/expire") return expire_tokens(*tenant);
  if (method == "GET" && rest == "requests") return json_response(200, {{"requests", journal_of(*tenant)}});
  if (method == "GET" && rest == "records") return list_records(*tenant, call);
  return failure(404, "unknown-admin-call", "There is no " + method + " " + std::string(path_of(call.request.target)) + ".");
}

Response findings_response(Engine& engine) {
  const std::lock_guard lock(engine.findings_mutex);
  return json_response(200, {{"findings", engine.own_findings}});
}

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) out.push_back(percent_decode(path.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

}  // namespace

Response handle_admin(Engine& engine, const Request& request, const Caller& caller) {
  if (!caller.loopback) return failure(403, "loopback-only", "The admin API answers callers on this machine only.");
  auto path = segments(path_of(request.target));
  path.erase(path.begin());  // __admin
  const AdminCall call{.engine = engine, .request = request, .path = std::move(path), .query = parse_form(query_of(request.target))};
  const std::string first = call.path.empty() ? "" : call.path.front();
  const bool is_get = request.method == "GET";
  if (is_get && first == "health" && call.path.size() == 1)
    return json_response(200, {{"status", "healthy"}, {"message", "Understudy is ok"}});
  if (is_get && first == "tenants" && call.path.size() == 1) return list_tenants(call);
  if (is_get && first == "requests" && call.path.size() == 1) return list_requests(call);
  if (is_get && first == "findings" && call.path.size() == 1) return findings_response(engine);
  if (first == "tenants" && call.path.size() >= 2) return handle_tenant(call);
  return failure(404, "unknown-admin-call", "There is no " + request.method + " " + std::string(path_of(request.target)) + ".");
}

}  // namespace understudy
