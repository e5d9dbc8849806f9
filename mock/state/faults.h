// Owns faults as the engine arms and strikes them: counting for each tenant, and what a struck fault makes of a delivery. The
// words are scenarios/src/model/fault_words.h's, the bytes the wire's.
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
  std::uint64_t seen = 0;         // Operations that it fitted
  std::uint64_t applied = 0;
};

// The faults that are to strike this Operation, in the order they were armed; counts the Operation, not the strike: that is
// counted where the fault is applied, for an earlier one may end the exchange before. `operation` is qualified. Called once for
// each Operation, under the tenant's lock; the pointers are good as long as it is held.
std::vector<ArmedFault*> strike_faults(std::vector<ArmedFault>& armed, std::string_view operation, const Json& body, Random& random);

// Does this kind leave the real answer in place and only change how it is delivered (drip, truncate, delay, ...)?
bool is_decoration(FaultSpec::Kind kind);
// Applies a struck fault to a delivery whose response is in place; kinds that need the engine (answer, expire_token, throttle)
// are its business and change nothing here.
void apply_fault(const FaultSpec& fault, Delivery& delivery);

}  // namespace understudy
