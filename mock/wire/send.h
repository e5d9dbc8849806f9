// Turns a Delivery into the bytes to send and the action that follows them on the connection. No sockets and no time here:
// session.cpp sends the plan.
#pragma once

#include "mock/delivery.h"

namespace understudy {

// What the request and the connection require.
struct SendContext {
  bool head_request = false;  // send no body, but its Content-Length
  bool keep_alive = true;
  bool http_1_0 = false;
};

struct SendPlan {
  enum class Then { next_request, close, reset, stall };
  std::string bytes;
  Then then = Then::next_request;
};

SendPlan plan_send(const Delivery& delivery, const SendContext& context);
// Keeps the memory of sent bytes for a later plan of this thread.
void recycle(std::string bytes);

}  // namespace understudy
