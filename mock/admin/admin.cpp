#include "mock/admin/admin.h"

#include <algorithm>

#include "mock/admin/call.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestName = 1024;  // bytes, decoded

// Empty segments stay: who meant a name and had none must not reach what has no name.
std::vector<std::string_view> segments_of(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    if (end + 1 == path.size()) out.emplace_back();
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

using Names = std::vector<std::pair<std::string, std::string>>;

// What the names of a route stand for; none if the path is not its.
std::optional<Names> match_path(std::string_view route, const std::vector<std::string_view>& path) {
  const auto wanted = segments_of(route);
  if (wanted.size() != path.size()) return std::nullopt;
  Names names;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (path[i].empty()) return std::nullopt;
    if (wanted[i].starts_with('{'))
      names.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), percent_decode(path[i]));
    else if (wanted[i] != path[i])
      return std::nullopt;
  }
  return names;
}

// Names come back in answers and in journals: they are text, and none that clients rewrite before they send it.
std::optional<Response> refuse_names(const Names& names) {
  for (const auto& [name, value] : names) {
    const auto refuse = [&](const std::string& why) { return admin_failure(400, "bad-name", "The name of the " + name + " " + why + "."); };
    if (value.size() > kLongestName) return refuse("is longer than " + std::to_string(kLongestName) + " bytes");
    if (!is_valid_utf8(value)) return refuse("is not UTF-8");
    if (value == "." || value == "..") return refuse("is '" + value + "', which clients take for a step in the path");
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
      return refuse("has control characters");
  }
  return std::nullopt;
}

std::vector<std::span<const AdminRoute>> route_tables() {
  return {server_routes(), tenant_routes(), record_routes(),   snapshot_routes(), request_routes(),
          fault_routes(),  clock_routes(),  scenario_routes(), mapping_routes()};
}

}  // namespace

std::string AdminCall::path_parameter(std::string_view name) const {
  for (const auto& [key, value] : path) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> AdminCall::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = render_json(body);
  return response;
}

Response admin_failure(int status, const std::string& code, const std::string& message) {
  return json_response(status, {{"code", code}, {"message", message}});
}

Response admin_failure(const Problem& problem) { return admin_failure(400, problem.code, problem.message); }

Response with_body(const AdminCall& call, const std::function<Response(const Json&)>& act) {
  if (call.request.body.empty()) return act(Json::object());
  const auto body = parse_json(call.request.body);
  if (body) return act(*body);
  const auto& error = body.error();
  return admin_failure(400, "body-not-json",
                       "line " + std::to_string(error.line) + ", column " + std::to_string(error.column) + ": " + error.message);
}

Response with_tenant(const AdminCall& call, const std::function<Response(Tenant&)>& act) {
  const std::string name = call.path_parameter("tenant");
  const auto tenant = call.engine.directory.find(name);
  return tenant ? act(*tenant) : admin_failure(404, "unknown-tenant", "There is no tenant '" + name + "'.");
}

std::vector<std::string> list_admin_routes() {
  std::vector<std::string> list;
  for (const auto& routes : route_tables()) {
    for (const AdminRoute& route : routes) list.push_back(std::string(route.method) + " " + std::string(route.path));
  }
  return list;
}

Response refuse_vendor_call() {
  return admin_failure(404, "admin-only", "This port has the admin API only, under /__admin; the stand-ins are on the other one.");
}

Response handle_admin(Engine& engine, const Request& request, const Caller& caller) {
  if (auto refusal = refuse_caller(engine.options, request, caller)) return std::move(*refusal);
  const std::string_view asked = path_of(request.target);
  auto path = segments_of(asked);
  path.erase(path.begin());                                    // __admin
  if (path.size() == 1 && path.front().empty()) path.clear();  // "/__admin/"
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const auto& routes : route_tables()) {
    for (const AdminRoute& route : routes) {
      auto names = match_path(route.path, path);
      if (!names) continue;
      if (route.method == method) {
        if (auto refusal = refuse_names(*names)) return std::move(*refusal);
        return route.handle(
            {.engine = engine, .request = request, .path = std::move(*names), .query = parse_form(query_of(request.target))});
      }
      if (allowed.find(route.method) == std::string::npos) allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    }
  }
  const std::string call = request.method + " " + std::string(asked.substr(0, 200));
  if (allowed.empty())
    return admin_failure(404, "unknown-admin-call", "There is no " + call + "; GET /__admin/openapi.json tells what there is.");
  Response response = admin_failure(405, "unknown-admin-call", "There is no " + call + "; there is " + allowed + ".");
  response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace understudy
