// Owns what the calls of the admin API share: the call as a handler sees it, its answers, and the table of routes that each
// admin_*.cpp contributes. Which call is which route's is admin.cpp's business.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock/engine.h"

namespace understudy {

struct AdminCall {
  Engine& engine;
  const Request& request;
  std::vector<std::pair<std::string, std::string>> path;   // what the {names} of the route stand for, decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order

  std::string path_parameter(std::string_view name) const;  // empty if the route has no such name
  std::optional<std::string> parameter(std::string_view name) const;
};

struct AdminRoute {
  std::string_view method;
  std::string_view path;  // below /__admin; a {name} stands for one segment
  Response (*handle)(const AdminCall& call);
};

std::span<const AdminRoute> tenant_routes();   // admin_tenants.cpp
std::span<const AdminRoute> request_routes();  // admin_requests.cpp
std::span<const AdminRoute> fault_routes();    // admin_faults.cpp
std::span<const AdminRoute> clock_routes();    // admin_clock.cpp

Response json_response(int status, const Json& body);
Response admin_failure(int status, const std::string& code, const std::string& message);
Response admin_failure(const Problem& problem);  // 400
// The body as JSON, an empty one as an empty object; 400 with its place if it is neither.
Response with_body(const AdminCall& call, const std::function<Response(const Json&)>& act);
// The tenant of the route's {tenant}, unlocked; 404 if there is none.
Response with_tenant(const AdminCall& call, const std::function<Response(Tenant&)>& act);

}  // namespace understudy
