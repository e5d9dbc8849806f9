// What the operations over the journal share: which exchanges a call selects, and errors in WireMock's format.
#pragma once

#include "mock/admin/admin.h"
#include "mock/wiremock/request_pattern.h"

namespace understudy {

// {"code", "message", "errors": [{code, source: {pointer}, title}]}
Response journal_error(const std::string& pointer, const std::string& title, int status = 422);
Response journal_error(const char* code, const std::string& pointer, const std::string& title, int status);
// What one call may spend, and the error of a call that spent all of it: 422, query-too-expensive.
StepBudget budget_of(const AdminCall& call);
Response too_expensive(const AdminCall& call);

struct SelectedRequests {
  std::vector<Logged> logged;  // newest first
  std::size_t total = 0;       // before the limit
};
// The exchanges that the query selects: tenant, unmatched, refused, since, limit. An error for a parameter that is neither one of
// these nor in `further`.
tl::expected<SelectedRequests, Response> select_requests(const AdminCall& call, const std::vector<std::string>& further = {});

// The exchanges of all tenants, or of ?tenant=; oldest first.
tl::expected<std::vector<Logged>, Response> all_requests(const AdminCall& call);
// The exchange of the route's {id}, or an error.
tl::expected<Logged, Response> find_request(const AdminCall& call);
// The body as a request pattern; an empty body matches every request. An error if it names what the mock does not have.
tl::expected<RequestPattern, Response> read_pattern(const AdminCall& call, StepBudget& budget);

AdminTable request_operations();
AdminTable near_miss_operations();
AdminTable mapping_operations();
std::vector<AdminTable> wiremock_tables();  // these three

}  // namespace understudy
