// Renders named answers: the response of an exchange, or one element of a batch's response.
#pragma once

#include "contracts/src/base/http.h"
#include "mock/engine/call.h"

namespace understudy {

// An answer of scope exchange. `context` is what its templates may name besides what every template may.
Response render_response(const Call& call, const std::string& answer, Json context);
// An answer of scope call or item.
Json render_element(const Call& call, const std::string& answer, Json context);

// The rejection of what would pass a bound. No contract has an answer for it, so that refuse() and walk_batch() answer 507.
Rejection reject_by_limit(const Call& call, const std::string& what, std::size_t most);
Response limit_response(const std::string& message);

// Record the rejection in the trace and render its answer.
Response refuse(const Call& call, const Rejection& rejection, Trace& trace);
Json refuse_element(const Call& call, const Rejection& rejection, Trace& trace);

}  // namespace understudy
