// Owns the words of a rate limit (docs/scenarios.md, "Limits"): what a scenario, or the admin API, puts in place of the limit that
// an API's contract has. Counting is mock/state/limits.h's business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "contracts/src/base/env.h"
#include "contracts/src/base/json.h"
#include "contracts/src/model/contract.h"

namespace understudy {

struct LimitSpec {
  bool none = false;                 // calls are not counted
  std::int64_t requests = 0;         // else: at least 1
  std::optional<Milliseconds> per;   // a window of this length
  std::optional<double> per_second;  // a bucket that leaks so many; neither: the kind and the time of the contract's own
};

// What was wrong, and where below the limits.
struct BadLimit {
  std::string pointer, code, message;
};

// Reads "none", {requests, per | per_second}, or one of these for each API; by API. API names are not looked up here.
tl::expected<std::map<std::string, LimitSpec>, BadLimit> parse_limits(const Json& limits, const std::string& default_api);

// What the limit is at this API; fails where the API has no limit to take the time from, or no answer to a throttled call.
tl::expected<std::optional<RateLimit>, BadLimit> resolve_limit(const LimitSpec& spec, const Contract& contract);

// As GET shows it: {kind, requests, per | per_second}.
Json render_limit(const RateLimit& limit);

}  // namespace understudy
