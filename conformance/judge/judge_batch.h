// Judges a batch: one element for each answering call, in order, ids echoed, one answer for each item. Same two stages as judge.h.
#pragma once

#include <vector>

#include "conformance/judge/judge.h"
#include "conformance/judge/message.h"

namespace understudy {

// The outcome of one call.
struct CallCheck {
  const SentCall* call = nullptr;
  Json element;
  StepCheck whole;               // of scope call; empty where the call was answered item by item
  std::vector<StepCheck> items;  // of scope item, in order
};

struct BatchCheck {
  StepCheck exchange;            // of the whole response; its findings and ends_scenario include those of the calls
  std::vector<CallCheck> calls;  // empty where the expectation is about the exchange as a whole
};

// `context.operation` is that of the exchange (make_operation); `unknown` is used for methods that the contract does not have.
Result<BatchCheck> check_batch_outcome(const JudgeContext& context, const Operation& unknown, const Expectation& expect,
                                       const Message& message, const TransportResult& result);
Result<Findings> check_batch_details(const JudgeContext& context, const Operation& unknown, const Expectation& expect,
                                     const BatchCheck& check, const TransportResult& result);

}  // namespace understudy
