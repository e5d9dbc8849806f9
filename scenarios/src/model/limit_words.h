// The members of a rate limit (docs/scenarios.md, "Limits"), with which a scenario or the admin API replaces the limit of a contract.
// See also: mock/state/limits.h, which counts requests.
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

// A mistake, and its place below `limits`.
struct BadLimit {
  std::string pointer, code, message;
};

// Reads "none", {requests, per | per_second}, or one of these for each API; by API. API names are not looked up here.
tl::expected<std::map<std::string, LimitSpec>, BadLimit> parse_limits(const Json& limits, const std::string& default_api);

// The limit at this API; fails if the API has no limit to take the period from, or no rate-limit response.
tl::expected<std::optional<RateLimit>, BadLimit> resolve_limit(const LimitSpec& spec, const Contract& contract);

// As the admin API shows it: {kind, requests, per | per_second}.
Json render_limit(const RateLimit& limit);

}  // namespace understudy
