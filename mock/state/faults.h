// Armed faults of a tenant: which of them apply to a call, and how a fault changes a delivery.
// See also: scenarios/src/model/fault_words.h (how a fault is written), mock/wire/ (how it is sent).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "contracts/src/base/env.h"
#include "mock/delivery.h"
#include "scenarios/src/model/fault_words.h"

namespace understudy {

struct ArmedFault {
  FaultSpec spec;
  Json written = Json::object();  // as it was given
  std::uint64_t id = 0;           // its tenant's number for it
  std::uint64_t seen = 0;         // calls that matched it
  std::uint64_t applied = 0;
};

// The faults that apply to this call, in the order in which they were armed. Counts the call as seen; `applied` is counted where a
// fault is applied, because an earlier one may end the exchange before. `operation` is api.operation. Call it once for each call,
// under the tenant's lock; the pointers are valid while it is held.
std::vector<ArmedFault*> find_due_faults(std::vector<ArmedFault>& armed, std::string_view operation, const Json& body, Random& random);

// Does this kind keep the real answer and only change how it is delivered (delay, drip, ...)?
bool is_decoration(FaultSpec::Kind kind);
// Applies a fault to a delivery that has its response. Kinds that need the engine (answer, expire_token, throttle) change nothing.
void apply_fault(const FaultSpec& fault, Delivery& delivery);

}  // namespace understudy
