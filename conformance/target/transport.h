// Owns the one effect that the runner has on the world: a request goes out, something comes back, or does not. Which bytes
// are sent is the runner's business; http_target.h sends them, tests put a fake here.
#pragma once

#include <string>
#include <string_view>

#include "conformance/target/url.h"
#include "contracts/src/base/env.h"
#include "contracts/src/base/http.h"

namespace understudy {

// What came back, as far as the transport goes.
enum class Outcome {
  answered,     // a whole response, whatever it says
  reset,        // the connection was reset
  close,        // it was closed before a whole head had arrived
  truncated,    // it was closed inside the body
  timeout,      // the deadline passed
  malformed,    // bytes that are no HTTP
  unreachable,  // no connection: refused, unresolved, TLS refused
};
std::string_view to_string(Outcome outcome);

struct SendOptions {
  Milliseconds deadline{10'000};  // for everything, from connecting to the last byte
  bool as_is = false;             // the headers given are all there are: no Host, no Content-Length is added
};

struct TransportResult {
  Outcome outcome = Outcome::answered;
  Response response;   // as far as it came: whole when answered; nothing but the head may be there otherwise
  std::string detail;  // the system's words about an outcome that is no answer
  Milliseconds elapsed{0};
};

// Not thread-safe: each worker has its own.
class Transport {
 public:
  virtual ~Transport() = default;
  // Sends exactly once: a request that got no answer is never repeated. Redirects are answers, bodies stay as coded.
  // Headers of the response are all there, order and case kept; transfer codings are removed from the body.
  virtual TransportResult send(const Url& target, const Request& request, const SendOptions& options) = 0;
};

}  // namespace understudy
