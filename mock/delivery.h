// A response and how the wire delivers it. A fault is only data until it reaches mock/wire/.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "contracts/src/base/http.h"
#include "mock/receipt.h"

namespace understudy {

// What an access log says of one exchange; members that do not apply are empty.
struct AccessLogEntry {
  std::string tenant, operation, answer;
  std::string rule;          // the rule that refused the request
  std::string fault, phase;  // of the fault that was applied
  std::string nearest;       // of a request that no operation matched: operations with similar paths
};

// The body of a response that goes on after its head, such as a list of events. The wire asks for it several times a second and holds no
// thread in between.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // The bytes since the last call; empty: there are none yet; absent: the body ends here. Called on a wire thread; must not block.
  virtual std::optional<std::string> take() = 0;
};

struct Attempt;

struct Delivery {
  enum class Ending {
    complete,  // the whole response, then keep-alive or close as HTTP says
    close,     // FIN after `after_bytes`
    reset,     // RST after `after_bytes`
    stall,     // silence after `after_bytes`, the connection stays open until the client leaves or the wire stops
  };
  struct Drip {
    std::size_t bytes = 1;  // of the serialized response
    std::chrono::milliseconds every{0};
  };

  Response response;
  std::chrono::milliseconds delay{0};  // before the first byte
  std::optional<Drip> drip;
  Ending ending = Ending::complete;
  // Body bytes sent before `ending` takes effect; the head, with the Content-Length of the whole body, goes first.
  // Absent: nothing at all is sent, not even the head. Ignored when `ending` is complete.
  std::optional<std::size_t> after_bytes;
  bool malformed_chunk = false;                     // chunked framing whose second chunk has a size that is not hexadecimal, then FIN
  std::optional<std::string> raw;                   // these bytes instead of a response, then FIN (garbage that is not HTTP)
  std::shared_ptr<Receipt> stored;                  // the response must wait for it (see refuse_unstored()); null: it need not
  std::shared_ptr<const Attempt> attempt;           // of a mock that shares its storage with others; else null
  std::shared_ptr<BodyStream> stream;               // follows the body of `response`; the connection ends with it
  std::shared_ptr<const AccessLogEntry> log_entry;  // null unless MockOptions::log_entries is set
};

// With a shared storage, a delivery is one attempt: another mock may have been faster. When Delivery::stored is settled, one of these is
// called, on any thread.
struct Attempt {
  std::function<Delivery()> repeat;  // after `stale`: the next attempt
  std::function<void()> keep;        // after any other outcome: the exchange goes to the journal; may be empty
};

// The response in place of one whose changes were not stored: 503 with the code not-stored or outcome-unknown.
Response refuse_unstored(const Receipt& receipt);

constexpr std::string_view to_string(Delivery::Ending ending) {
  constexpr std::string_view kNames[] = {"complete", "close", "reset", "stall"};
  return kNames[static_cast<std::size_t>(ending)];
}

}  // namespace understudy
