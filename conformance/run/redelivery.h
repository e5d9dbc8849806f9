// Owns the part of a caller that delivers a batch again when it was not acknowledged (a contract's `redelivery`): what counts
// as acknowledged, and whether what was done before was done once. When it is sent is runner.cpp's business.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "conformance/judge/message.h"
#include "conformance/target/transport.h"
#include "contracts/src/base/finding.h"

namespace understudy {

// What is known of one batch over all its deliveries.
struct Delivered {
  std::size_t again = 0;                                    // redeliveries so far
  std::map<std::pair<std::size_t, std::string>, Json> ids;  // (call, JSON Pointer into its element) -> id of what it made
};

// Every call that answers has its element, and the element the member that acknowledges.
bool is_acknowledged(const Message& message, const TransportResult& result);

// Takes note of the ids that an answer tells.
void note_delivery(const Message& message, const TransportResult& result, Delivered& delivered);

// What was made by an earlier delivery and is not told of as the same thing now. Pointers are relative to the call's element.
Findings check_redelivery(const Message& message, const TransportResult& result, const Delivered& delivered, const Place& place);

}  // namespace understudy
