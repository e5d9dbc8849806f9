// Owns patience with a target that was asked too much: whether an answer is the API's throttled one, and how long its documented
// rate makes a caller wait. The waiting itself is the runner's.
#pragma once

#include <optional>

#include "conformance/target/transport.h"
#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

inline constexpr Milliseconds kMostPatience{60'000};  // for one request

// How long to wait before the request is sent again: the time in which the API's bucket leaks a call. Nothing where the answer is
// another, the step expects it, or the API's limit is a window, which may be closed for an hour.
std::optional<Milliseconds> find_pause(const Contract& contract, const Operation& operation, const Switches& switches,
                                       const Expectation& expect, const TransportResult& result);

}  // namespace understudy
