#include "conformance/run/rate_limit_wait.h"

#include <algorithm>
#include <cmath>

#include "contracts/src/model/check.h"

namespace understudy {

std::optional<Milliseconds> find_rate_limit_wait(const Contract& contract, const Operation& operation, const Switches& switches,
                                                 const Expectation& expect, const TransportResult& result) {
  const auto& limit = contract.rate_limit;
  if (!limit || limit->kind != RateLimit::Kind::bucket || result.outcome != Outcome::answered) return std::nullopt;
  const auto& name = operation.refusals.throttle.empty() ? contract.refusals.throttle : operation.refusals.throttle;
  const ResponseDefinition* throttled = contract.find_response(name);
  const bool is_expected = expect.answer == name || (expect.status && *expect.status == result.response.status);
  if (throttled == nullptr || is_expected) return std::nullopt;
  if (!check_response(contract, operation, switches, result.response, throttled).findings.empty()) return std::nullopt;
  return Milliseconds(std::max<std::int64_t>(1, std::llround(1000 / limit->per_second)));
}

}  // namespace understudy
