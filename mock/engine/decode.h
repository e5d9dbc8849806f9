// Reads a request by its route: body, parameters and credential. Pure; runs before the tenant is known and outside its lock.
#pragma once

#include <string_view>

#include "contracts/src/model/binding.h"
#include "mock/engine/call.h"

namespace understudy {

// A body as its content type says, or what is wrong with it.
struct Decoded {
  enum class State { none, ready, media_type, unreadable } state = State::none;
  Json value = nullptr;
  std::string message = {};                     // of media_type and unreadable: a sentence with the place
  std::string_view code = "body-not-readable";  // of unreadable
};

// Query parameters by their documented names, typed by their schemas; what parameters of any kind break.
struct BoundParameters {
  Json query;  // null: the request has none
  Findings findings;
  std::vector<std::string> ignored{};  // names in the query that have no effect: declared as such, or unknown to the operation
};

struct Incoming {
  Decoded decoded;  // of a batch: the list of its calls. Otherwise the value has moved into `body`.
  Json body;        // bound
  BoundParameters parameters;
  PresentedCredential presented;
  Findings shape;  // on the body of a single operation
};
// A batch of more than `most_calls` is not parsed at all.
Incoming read_incoming(const Route& route, const Request& request, std::size_t most_calls);

}  // namespace understudy
