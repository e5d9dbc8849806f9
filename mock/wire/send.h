// Owns what a Delivery is on the wire: which bytes, and what becomes of the connection behind them. No sockets and no time
// here; mock/wire/session.cpp sends what this plans.
#pragma once

#include <string>

#include "mock/delivery.h"

namespace understudy {

// What the request and the connection allow.
struct SendContext {
  bool head_request = false;  // no body, but the Content-Length of one
  bool keep_alive = true;
  bool http_1_0 = false;
};

struct SendPlan {
  enum class Then { next_request, close, reset, stall };
  std::string bytes;
  Then then = Then::next_request;
};

SendPlan plan_send(const Delivery& delivery, const SendContext& context);

}  // namespace understudy
