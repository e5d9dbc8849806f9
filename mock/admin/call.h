// Owns what the calls of the admin API share: the call as a handler sees it, its answers, and the table of routes that each
// admin_*.cpp contributes. Which call is which route's is admin.cpp's business, who may call admin_gate.cpp's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock/engine/engine.h"

namespace understudy {

struct AdminCall {
  Engine& engine;
  const Request& request;
  std::vector<std::pair<std::string, std::string>> path;   // what the {names} of the route stand for, decoded, never empty
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order

  std::string path_parameter(std::string_view name) const;  // empty if the route has no such name
  std::optional<std::string> parameter(std::string_view name) const;
};

struct AdminRoute {
  std::string_view method;
  std::string_view path;  // below /__admin; a {name} stands for one segment
  Response (*handle)(const AdminCall& call);
};

std::span<const AdminRoute> server_routes();    // admin_server.cpp
std::span<const AdminRoute> tenant_routes();    // admin_tenants.cpp
std::span<const AdminRoute> record_routes();    // admin_records.cpp
std::span<const AdminRoute> snapshot_routes();  // admin_snapshots.cpp
std::span<const AdminRoute> request_routes();   // admin_requests.cpp
std::span<const AdminRoute> fault_routes();     // admin_faults.cpp
std::span<const AdminRoute> clock_routes();     // admin_clock.cpp
std::span<const AdminRoute> scenario_routes();  // admin_scenarios.cpp
std::span<const AdminRoute> mapping_routes();   // admin_mappings.cpp

// The admin API's own OpenAPI 3.1 document: every route of every table (admin_openapi.cpp).
const Json& admin_openapi();

// The refusal, if this caller may not use the admin API: the token where one is set; else only this machine, and no web page.
std::optional<Response> refuse_caller(const MockOptions& options, const Request& request, const Caller& caller);

Response json_response(int status, const Json& body);
Response admin_failure(int status, const std::string& code, const std::string& message);
Response admin_failure(const Problem& problem);  // 400
// The body as JSON, an empty one as an empty object; 400 with its place if it is neither.
Response with_body(const AdminCall& call, const std::function<Response(const Json&)>& act);
// The tenant of the route's {tenant}, unlocked; 404 if there is none.
Response with_tenant(const AdminCall& call, const std::function<Response(Tenant&)>& act);

}  // namespace understudy
