// A caller delivers a batch again until it is acknowledged (a contract's `redelivery`). Here: what counts as acknowledged, and whether the
// work of an earlier delivery was done only once. step_runner.h sends the deliveries.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "conformance/judge/message.h"
#include "conformance/target/transport.h"
#include "contracts/src/base/finding.h"

namespace understudy {

// All deliveries of one batch.
struct Delivered {
  std::size_t again = 0;                                    // redeliveries so far
  std::map<std::pair<std::size_t, std::string>, Json> ids;  // (call, JSON Pointer into its element) -> id of the created record
};

// Whether every answering call has its element, and the element the member that acknowledges.
bool is_acknowledged(const Message& message, const TransportResult& result);

// Adds the ids in the response to `delivered`.
void note_delivery(const Message& message, const TransportResult& result, Delivered& delivered);

// Records of an earlier delivery that this response does not show again with the same id. Pointers are relative to the call's element.
Findings check_redelivery(const Message& message, const TransportResult& result, const Delivered& delivered, const Place& place);

}  // namespace understudy
