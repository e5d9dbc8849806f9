#include "mock/admin.h"

#include <array>

#include "mock/admin_call.h"

namespace understudy {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// What the names of a route stand for; none if the path is not its.
std::optional<std::vector<std::pair<std::string, std::string>>> match_path(std::string_view route,
                                                                           const std::vector<std::string_view>& path) {
  const auto wanted = segments_of(route);
  if (wanted.size() != path.size()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> names;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{'))
      names.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), percent_decode(path[i]));
    else if (wanted[i] != path[i])
      return std::nullopt;
  }
  return names;
}

Response tell_health(const AdminCall&) { return json_response(200, {{"status", "healthy"}, {"message", "Understudy is ok"}}); }

constexpr AdminRoute kOwnRoutes[] = {{"GET", "/health", tell_health}};

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

Response handle_admin(Engine& engine, const Request& request, const Caller& caller) {
  if (!caller.loopback) return admin_failure(403, "loopback-only", "The admin API answers callers on this machine only.");
  auto path = segments_of(path_of(request.target));
  path.erase(path.begin());  // __admin
  std::string allowed;
  for (const auto& routes : {std::span<const AdminRoute>(kOwnRoutes), tenant_routes(), request_routes(), fault_routes(), clock_routes()}) {
    for (const AdminRoute& route : routes) {
      auto names = match_path(route.path, path);
      if (!names) continue;
      if (route.method == request.method) {
        return route.handle(
            {.engine = engine, .request = request, .path = std::move(*names), .query = parse_form(query_of(request.target))});
      }
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    }
  }
  const std::string asked = request.method + " " + std::string(path_of(request.target));
  if (allowed.empty()) return admin_failure(404, "unknown-admin-call", "There is no " + asked + ".");
  Response response = admin_failure(405, "unknown-admin-call", "There is no " + asked + "; there is " + allowed + ".");
  response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace understudy
