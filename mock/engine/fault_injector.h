// Applies the armed faults that match one call, phase by phase. Construct it once for each call: that counts the call as seen.
// See also: scenarios/src/model/fault_words.h (how a fault is written), mock/wire/ (how it is sent).
#pragma once

#include "mock/engine/call.h"

namespace understudy {

class FaultInjector {
 public:
  // `body` is what faults match; it is not kept. The trace outlives the injector.
  FaultInjector(const Call& call, const Json& body, Trace& trace);

  // Applies the faults of the phase. True: processing stops here and `delivery` goes out.
  bool stop_at(FaultSpec::Phase phase, Delivery& delivery, std::size_t items_done = 0);
  // Applies what only changes how the final answer is delivered. Call it last.
  void decorate(Delivery& delivery) const;
  // In a batch: the answer of scope call or item that a fault of this phase puts in place of the real one; null if none does.
  const ResponseDefinition* find_replacement(FaultSpec::Phase phase);

 private:
  void record(ArmedFault& fault);
  void expire_tokens() const;

  const Call call_;
  Trace* trace_;
  std::vector<ArmedFault*> due_;
  std::vector<FaultSpec> decorations_;
};

}  // namespace understudy
