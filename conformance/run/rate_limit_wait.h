// How long to wait before a rate-limited request is sent again. The runner does the waiting.
#pragma once

#include <optional>

#include "conformance/target/transport.h"
#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

inline constexpr Milliseconds kMostRateLimitWait{60'000};  // for one request

// The time in which the API's bucket frees one call. Nothing where the response is not the API's `throttled` answer, where the step expects
// it, or where the limit is a window, which may stay closed for an hour.
std::optional<Milliseconds> find_rate_limit_wait(const Contract& contract, const Operation& operation, const Switches& switches,
                                                 const Expectation& expect, const TransportResult& result);

}  // namespace understudy
