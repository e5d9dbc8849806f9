// The members of a fault (docs/scenarios.md, "Faults"): when it applies, in which phase, what it does. Scenarios and the admin API use
// the same members; the mock applies them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/json.h"

namespace understudy {

struct FaultSpec {
  enum class Phase { before, before_commit, after_commit, between_items };
  enum class Kind {
    answer,              // the contract's response `answer`
    status,              // `status` with `reason`, `body`, `content_type`
    delay,               // `delay`, then as usual
    drip,                // the response in pieces of `drip_bytes` every `drip_every`
    stall,               // silence after `after_bytes`
    reset,               // RST after `after_bytes`
    close,               // FIN after `after_bytes`
    truncate,            // FIN after `after_bytes` of the body, with the Content-Length of the whole body
    garbage,             // bytes that are not HTTP, then FIN
    malformed_chunk,     // chunked framing that breaks in the second chunk
    wrong_content_type,  // the response with `content_type` as its media type
    expire_token,        // the caller's token expires now
    throttle,            // the API's rate-limit response
  };

  // When: all conditions that are given must hold.
  std::string on;                      // operation, qualified or not; empty: any
  std::optional<std::uint64_t> call;   // the n-th Operation that `on` and `match` fit, counted from 1
  std::optional<std::uint64_t> every;  // each n-th
  std::optional<double> probability;   // 0..1, drawn from the tenant's Random
  std::optional<Json> match;           // matcher tree over the bound body
  std::optional<std::uint64_t> times;  // how often it applies at most; unlimited if absent; 1 with `call`

  Phase phase = Phase::before;
  std::size_t after_items = 0;  // of between_items: how many items are done before it applies

  Kind kind = Kind::reset;
  std::string answer;
  int status = 0;
  std::string reason;        // empty: the registered phrase
  std::optional<Json> body;  // a string is sent as it is, anything else as JSON; absent: empty body
  std::string content_type;  // of status (by the body, if not given) and wrong_content_type
  Milliseconds delay{0};
  bool is_virtual = false;  // advances the tenant's clock instead of waiting
  std::size_t drip_bytes = 1;
  Milliseconds drip_every{0};
  std::optional<std::size_t> after_bytes;  // of the body; absent: nothing at all is sent (truncate: half of the body is)
};

// Reads one fault; the error is a sentence that names the member. Operation and answer names are not looked up here.
tl::expected<FaultSpec, std::string> parse_fault(const Json& fault);

const std::vector<std::string>& fault_kinds();  // without the aliases
const std::vector<std::string>& fault_phases();
std::string_view to_string(FaultSpec::Kind kind);
std::string_view to_string(FaultSpec::Phase phase);
// The default phase: kinds that change the delivery of the normal response need that response first.
FaultSpec::Phase default_phase(FaultSpec::Kind kind);

}  // namespace understudy
