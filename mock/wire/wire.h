// Owns the mock's sockets: listening, HTTP/1 framing, timers, and each Delivery as bytes on a connection. It knows nothing of
// contracts or tenants: the handler turns a Request into a Delivery.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "contracts/src/base/http.h"
#include "contracts/src/base/problem.h"
#include "mock/delivery.h"

namespace understudy {

struct Peer {
  std::string address;  // numeric, without port
  bool loopback = false;
  std::uint16_t local_port = 0;
  std::uint64_t connection = 0;  // counted from 1
};

// One exchange as the wire saw it, told once its last byte is with the kernel (of a stall: once it is silent).
struct WireExchange {
  const Peer& peer;
  std::string method, target;                  // empty: what came was no request
  int status = 0;                              // 0: no status line was sent
  std::string_view refusal;                    // why the wire itself refused it, a sentence
  std::shared_ptr<const AccessLogEntry> told;  // the handler's; may be null
  std::string_view ending;                     // complete, close, reset, stall, or lost: the client left or did not read
  std::size_t bytes_in = 0;                    // of the request, framing included
  std::size_t bytes_out = 0;                   // of the response, as planned
  std::chrono::microseconds elapsed{0};        // since the first byte of the request
};
// Called on a wire thread, several at a time; must not block.
using WireObserver = std::function<void(const WireExchange&)>;

struct WireOptions {
  std::string host = "127.0.0.1";  // a name or a numeric address; the first address of a name is taken
  std::uint16_t port = 0;          // 0: a free one
  int threads = 2;
  std::size_t body_limit = 8u << 20;                   // decoded bytes, chunked included; beyond: 413 and close
  std::size_t head_limit = 64u << 10;                  // beyond: 431 and close
  std::chrono::milliseconds idle{75000};               // a keep-alive connection without a request
  std::chrono::milliseconds request_deadline{30000};   // first byte of a request to its last; beyond: 408 and close
  std::chrono::milliseconds write_deadline{30000};     // a whole answer to a client that hardly reads; of a drip: each piece
  std::chrono::milliseconds drain{5000};               // how long stop() lets answers in flight go on
  std::string tls_certificate{}, tls_key{};            // PEM files, both or none; given, the wire speaks HTTPS
  std::string tls_certificate_text{}, tls_key_text{};  // the same as texts, instead of files
  WireObserver observer{};                             // null: nobody is told
};

// Called on a wire thread, several at a time; must not block.
using WireHandler = std::function<Delivery(Request&& request, const Peer& peer)>;

struct WireCounters {
  std::uint64_t open = 0;      // connections now
  std::uint64_t accepted = 0;  // connections ever
  std::uint64_t requests = 0;  // handed to the handler
  std::uint64_t refused = 0;   // answered by the wire itself: 400, 408, 413, 417, 431, 501
};

class Wire {
 public:
  // Binds, listens and accepts at once. The port is exclusive: on one that is taken this fails with code port-in-use. Other
  // codes: bad-host, cannot-listen, bad-certificate.
  static Result<std::unique_ptr<Wire>> open(WireOptions options, WireHandler handler);

  ~Wire();  // stops

  std::uint16_t port() const;
  WireCounters counters() const;  // any thread; the numbers may be a moment old

  // Stops accepting, closes idle and stalled connections at once, lets answers in flight finish within `drain`, joins the
  // threads. Any thread but a wire thread; again: nothing.
  void stop();

 private:
  struct Impl;
  explicit Wire(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
