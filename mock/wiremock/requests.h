// Owns what the calls about the journal share: which exchanges a call speaks of, and refusals in WireMock's envelope. The
// routes stand in admin_requests.cpp, near misses in admin_near_misses.cpp, exports in admin_exports.cpp.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "mock/admin/call.h"
#include "mock/wiremock/request_pattern.h"

namespace understudy {

// {"errors": [{code, source: {pointer}, title}]}; 422 unless the thing asked for is not there.
Response journal_failure(const std::string& pointer, const std::string& title, int status = 422);

// What the query of a call chooses among all journals: tenant, unmatched, refused, since, limit. Newest first.
struct Choice {
  std::vector<Logged> logged;
  std::size_t total = 0;  // without the limit
};
// `further`: query parameters that the call knows beside these; others are refused.
tl::expected<Choice, Response> choose_requests(const AdminCall& call, const std::vector<std::string>& further = {});

// Of all tenants, or of `tenant` in the query; oldest first.
tl::expected<std::vector<Logged>, Response> all_requests(const AdminCall& call);
// The exchange of the route's {id}, or a refusal.
tl::expected<Logged, Response> find_request(const AdminCall& call);
// Reads the body as a request pattern.
Response with_pattern(const AdminCall& call, const std::function<Response(const RequestPattern&, const Json& given)>& act);
bool is_journal_off(const AdminCall& call);
bool was_refused(const JournalEntry& entry);

Response unmatched_near_misses(const AdminCall& call);
Response near_misses_of_request(const AdminCall& call);
Response near_misses_of_id(const AdminCall& call);
Response near_misses_of_pattern(const AdminCall& call);

Response export_ndjson(const AdminCall& call);
Response export_har(const AdminCall& call);

}  // namespace understudy
