// The interface to the server under test: one request goes out, one result comes back. http_transport.h implements it; tests pass a fake.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/target/url.h"
#include "contracts/src/base/env.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"

namespace understudy {

// The result at the level of the connection.
enum class Outcome {
  answered,     // a complete response with any status
  reset,        // the connection was reset
  close,        // closed before the head was complete
  truncated,    // closed inside the body
  timeout,      // the deadline passed
  malformed,    // the bytes are not HTTP
  too_large,    // the body is larger than the limit
  unreachable,  // no connection: refused, unknown host, TLS failed
};
std::string_view to_string(Outcome outcome);

inline constexpr std::size_t kAnswerLimit = 16u << 20;

struct SendOptions {
  Milliseconds deadline{10'000};            // for everything, from connecting to the last byte
  bool as_is = false;                       // send exactly the given headers: no Host or Content-Length is added
  std::size_t answer_limit = kAnswerLimit;  // bytes of a body, also after its codings are removed
};

struct TransportResult {
  Outcome outcome = Outcome::answered;
  Response response;             // complete if answered, otherwise what has arrived
  std::string detail;            // the system's message if not answered
  bool bad_certificate = false;  // the runner's own certificate or key cannot be used; nothing was sent
  std::string undecoded = {};    // why the body is still in a content coding; empty: it is not
  Milliseconds elapsed{0};
};

// "the body is larger than 16 MiB (--answer-limit)"
std::string describe_answer_limit(std::size_t limit);

// Parses a body of at most 2,000,000 values whose parsed form needs at most 180 MB, and together with the text and the program at most
// 12 times the text (64 MB are always permitted). An `answer_limit` above kAnswerLimit raises both in proportion and lifts the factor.
// A problem with these limits has JsonError::is_limit.
ParsedJson parse_body(const std::string& body, std::size_t answer_limit, std::vector<std::string>* duplicates = nullptr);
ParsedJson parse_body(const std::string& body);  // a body that was received, within the limit that the run has

// The server answered with a success (2xx).
bool is_success(const TransportResult& result);
// A removal succeeded: the server answered 2xx, 404 or 410.
bool is_gone(const TransportResult& result);

// Not thread-safe: each worker has its own.
class Transport {
 public:
  virtual ~Transport() = default;
  // Sends the request once and never repeats it. Does not follow redirects. Keeps all response headers with their order and case;
  // removes transfer codings and content codings from the body.
  virtual TransportResult send(const Url& target, const Request& request, const SendOptions& options) = 0;
};

}  // namespace understudy
