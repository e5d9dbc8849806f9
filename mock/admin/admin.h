// The admin API under /__admin: tenants with their clocks, records, snapshots and faults, the journal, and the mock itself. JSON in
// and out; paths and members are WireMock's where the meaning is the same (docs/admin.md). Each topic has one .cpp with its handlers
// and, at the end, its table of operations, from which both the routing and the OpenAPI document are made.
#pragma once

#include "mock/engine/engine.h"

namespace understudy {

struct AdminTable;

struct AdminCall {
  std::span<const AdminTable> tables;
  Engine& engine;
  const Request& request;
  std::vector<std::pair<std::string, std::string>> path;   // values of the route's {names}: decoded, never empty
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::string made_by;                                     // of the commits of this call
  std::shared_ptr<BodyStream>& stream;                     // a handler sets it for a body that goes on after the response

  std::string path_parameter(std::string_view name) const;  // empty if the route has no such name
  std::optional<std::string> parameter(std::string_view name) const;
};

// Parameters, request and responses of an operation, as the OpenAPI document describes them. Schemas are named as in openapi.json.
struct AdminShape {
  std::string_view query = {};   // names of openapi.cpp's kQueries, separated by spaces
  std::string_view body = {};    // schema of the request
  std::string_view result = {};  // schema of the success response; empty: no JSON body
  int status = 200;              // of success; from 400 on the operation always returns this error
  int other_status = 0;          // second status of success; 0: none
  std::string_view error = {};   // status of an error that only this operation has
  std::string_view media = {};   // media type of a success response that is not JSON
  bool only_reads = false;       // although its method is not GET: it changes nothing
};

// The second kind receives the tenant of the route's {tenant}, unlocked; if there is none, the call ends with 404.
using AdminHandler = std::variant<Response (*)(const AdminCall&), Response (*)(const AdminCall&, Tenant&)>;

struct AdminOperation {
  std::string_view method, path;  // path below /__admin; a {name} matches one segment
  AdminHandler handle;
  std::string_view id, summary;
  AdminShape shape;
};

constexpr AdminOperation row(std::string_view method, std::string_view path, AdminHandler handle, std::string_view id,
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
AdminTable history_operations();
AdminTable scenario_operations();
AdminTable console_operations();
AdminTable metrics_operations();

// The error response if this caller may not use the admin API. With a token: every call must carry it. Without: callers on this
// machine only, and no web pages.
std::optional<Response> check_access(const MockOptions& options, const Request& request, const Caller& caller);

Response json_response(int status, const Json& body);
Response no_content();
Response error_response(int status, const std::string& code, const std::string& message);
Response error_response(const Problem& problem, int status = 400);
Response unknown_tenant(const std::string& name);

// The response bad-name, unless others can use the name: it must be text, and clients rewrite "." and ".." before they send them.
// `what` it names, for the message.
std::optional<Response> check_name(const std::string& what, const std::string& name);
// The body as JSON, an empty one as {}; else 400 with line and column.
tl::expected<Json, Response> read_body(const AdminCall& call);
// The tenants that a call is about: the one of the route's {tenant} or of ?tenant=, else all, ordered by name; else 404.
tl::expected<std::vector<std::shared_ptr<Tenant>>, Response> find_tenants(const AdminCall& call);
// Changes tenants one after the other; returns what `change` returns for each, which takes the tenant's lock once. With a shared storage,
// `change` of one tenant is called until it is stored, so that the others are not changed again; the response says why that cannot be.
tl::expected<std::vector<Json>, Response> change_each(const AdminCall& call, const std::vector<std::shared_ptr<Tenant>>& tenants,
                                                      const std::function<Json(Tenant& tenant)>& change);

// The OpenAPI 3.1 document of these operations (openapi.cpp).
Json render_openapi(std::span<const AdminTable> tables);
std::string_view admin_document();  // openapi.json: the same document without its paths
std::string_view console_html();    // console.html and landing.html
std::string_view landing_html();

// Templates of paths, such as /tenants/{tenant}: whether a segment is a parameter, and its name.
bool is_path_parameter(std::string_view segment);
std::string parameter_name(std::string_view segment);
// The decoded value of each parameter; nullopt if the path does not match. A parameter matches one segment that is not empty.
std::optional<std::vector<std::pair<std::string, std::string>>> match_path(std::string_view path_template, std::string_view path);

class AdminApi {
 public:
  // `further`: tables of other folders, served after those of mock/admin.
  explicit AdminApi(std::vector<AdminTable> further = {});

  // An error is a response {"code": ..., "message": ...}. Any thread.
  // A call that changed something is published as the event `change`.
  Delivery handle(Engine& engine, const Request& request, const Caller& caller) const;
  // Each operation as "METHOD /path/{name}", the path below /__admin.
  std::vector<std::string> routes() const;

 private:
  std::vector<AdminTable> tables_;
};

// The page for people at GET /: what is served, who may call, how to begin. Only for browsers (Accept names text/html) without a
// credential or a query; all others get the vendor's answer. It names users only to callers who may use the admin API without a token.
bool wants_landing_page(const Engine& engine, const Request& request);
Response landing_page(const Engine& engine, const Request& request, const Caller& caller);

// The response to a vendor call on a port that serves only the admin API.
Response admin_only_response();

}  // namespace understudy
