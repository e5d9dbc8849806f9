// Owns the judgement of a batch: one element for each answering call, in order, ids echoed, one answer for each item. What
// judge.h does for an exchange, this does for its elements.
#pragma once

#include <vector>

#include "conformance/judge/judge.h"
#include "conformance/judge/message.h"

namespace understudy {

// One call's element after the first look.
struct CallLook {
  const SentCall* call = nullptr;
  Json element;
  Look whole;               // of scope call; empty when the call was answered item by item
  std::vector<Look> items;  // of scope item, in order
  bool is_refused = false;  // the call was refused as a whole
};

struct BatchLook {
  Look exchange;                // of the whole answer; its findings and `over` are those of the calls too
  std::vector<CallLook> calls;  // empty when the exchange as a whole is what was expected
};

// `bench.operation` is that of the exchange (make_operation); `unknown` stands for a method that the contract does not have.
Result<BatchLook> look_first_batch(const Bench& bench, const Operation& unknown, const Expectation& expect, const Message& message,
                                   const TransportResult& result);
Result<Findings> look_closer_batch(const Bench& bench, const Operation& unknown, const Expectation& expect, const BatchLook& look,
                                   const TransportResult& result);

}  // namespace understudy
