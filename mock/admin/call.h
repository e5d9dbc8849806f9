// What the handlers of the admin API share: the call, its replies, and AdminOperation, the row from which both the routing and the
// OpenAPI document are made. Each topic has one .cpp with its handlers and, at the end, its table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mock/engine/engine.h"

namespace understudy {

class AdminApi;

struct AdminCall {
  const AdminApi& api;
  Engine& engine;
  const Request& request;
  std::vector<std::pair<std::string, std::string>> path;   // values of the route's {names}: decoded, never empty
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order

  std::string path_parameter(std::string_view name) const;  // empty if the route has no such name
  std::optional<std::string> parameter(std::string_view name) const;
};

// Parameters, request and responses of an operation, as the OpenAPI document describes them. Schemas are named as in schemas.cpp.
struct AdminShape {
  std::string_view query = {};   // names of openapi.cpp's kQueries, separated by spaces
  std::string_view body = {};    // schema of the request
  std::string_view result = {};  // schema of the success response; empty: no JSON body
  int status = 200;              // of success; from 400 on the operation always returns this error
  int other_status = 0;          // second status of success; 0: none
  std::string_view error = {};   // status of an error that only this operation has
};

// The second kind receives the tenant of the route's {tenant}, unlocked; if there is none, the call ends with 404.
using AdminHandler = std::variant<Response (*)(const AdminCall&), Response (*)(const AdminCall&, Tenant&)>;

struct AdminOperation {
  std::string_view method, path;  // path below /__admin; a {name} matches one segment
  AdminHandler handle;
  std::string_view id, summary;
  AdminShape shape;
};
constexpr AdminOperation operation(std::string_view method, std::string_view path, AdminHandler handle, std::string_view id,
                                   std::string_view summary, const AdminShape& shape = {}) {
  return {.method = method, .path = path, .handle = handle, .id = id, .summary = summary, .shape = shape};
}

struct AdminTable {
  std::string_view tag;
  std::span<const AdminOperation> operations;  // a fixed path comes before a template that also matches it
};

AdminTable server_operations();
AdminTable tenant_operations();
AdminTable clock_operations();
AdminTable fault_operations();
AdminTable record_operations();
AdminTable snapshot_operations();
AdminTable scenario_operations();

// The error response if this caller may not use the admin API. With a token: every call must carry it. Without: callers on this
// machine only, and no web pages.
std::optional<Response> check_access(const MockOptions& options, const Request& request, const Caller& caller);

Response json_response(int status, const Json& body);
Response no_content();
Response error_response(int status, const std::string& code, const std::string& message);
Response error_response(const Problem& problem, int status = 400);
Response unknown_tenant(const std::string& name);

// The body as JSON, an empty one as {}; else 400 with line and column.
tl::expected<Json, Response> read_body(const AdminCall& call);
// The tenants that a call is about: the one of the route's {tenant} or of ?tenant=, else all, ordered by name; else 404.
tl::expected<std::vector<std::shared_ptr<Tenant>>, Response> find_tenants(const AdminCall& call);

}  // namespace understudy
