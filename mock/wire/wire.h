// The mock's HTTP server: listening, HTTP/1 framing, timers, TLS, and each Delivery as bytes on a connection. It knows no contracts
// and no tenants: the handler turns a Request into a Delivery.
#pragma once

#include <cstdint>
#include <functional>

#include "contracts/src/base/http.h"
#include "contracts/src/base/problem.h"
#include "mock/delivery.h"

namespace understudy {

struct Peer {
  std::string address;  // numeric, without port
  bool loopback = false;
  std::uint16_t local_port = 0;
  std::uint64_t connection = 0;  // its number, from 1
};

// One exchange for the access log, reported when the kernel has its last byte (for a stall: when the silence begins).
struct WireExchange {
  const Peer& peer;
  std::string method, target;                       // empty: the bytes were not a request
  int status = 0;                                   // 0: no status line was sent
  std::string_view refusal;                         // why the wire itself refused the request, a sentence
  std::shared_ptr<const AccessLogEntry> log_entry;  // from the Delivery; may be null
  std::string_view ending;                          // complete, close, reset, stall, or lost: the client left or stopped reading
  std::size_t bytes_in = 0;                         // of the request, framing included
  std::size_t bytes_out = 0;                        // of the response, as planned
  std::chrono::microseconds elapsed{0};             // since the first byte of the request
};
// Called on a wire thread, several at a time; must not block.
using WireObserver = std::function<void(const WireExchange&)>;

inline constexpr std::size_t kLargeBody = 1u << 30;

struct WireOptions {
  std::string host = "127.0.0.1";  // a name or a numeric address; of a name, its first address
  std::uint16_t port = 0;          // 0: a free one
  int threads = 2;
  std::size_t body_limit = 8u << 20;                   // decoded bytes, chunked included; beyond: 413 and close
  std::size_t head_limit = 64u << 10;                  // beyond: 431 and close
  std::chrono::milliseconds idle{75000};               // a keep-alive connection without a request
  std::chrono::milliseconds request_deadline{30000};   // first byte of a request to its last; beyond: 408 and close
  std::chrono::milliseconds write_deadline{30000};     // to send one answer, or one piece of a drip
  std::size_t unsent_limit = 256u << 20;               // bytes of answers in memory; beyond: see WireCounters::shed
  std::chrono::milliseconds drain{5000};               // how long stop() waits for answers in flight
  std::string tls_certificate{}, tls_key{};            // PEM files for HTTPS: both or none
  std::string tls_certificate_text{}, tls_key_text{};  // the same as texts, instead of files
  WireObserver observer{};                             // null: no reports
  // True: the body may be larger than `body_limit`, up to kLargeBody. Null: never.
  std::function<bool(const Request& head, const Peer& peer)> takes_large_body{};
  // True: the handler may need long for this request and runs on a thread of its own. Null: it never does.
  std::function<bool(const Request& request)> is_slow{};
  std::size_t slow_threads = 2;  // how many slow requests are handled at a time
};

// Called on a wire thread, several at a time; must not block, except for requests that are slow by WireOptions.
using WireHandler = std::function<Delivery(Request&& request, const Peer& peer)>;

struct WireCounters {
  std::uint64_t open = 0;      // connections now
  std::uint64_t accepted = 0;  // connections ever
  std::uint64_t requests = 0;  // passed to the handler
  std::uint64_t refused = 0;   // answered by the wire itself: 400, 408, 413, 417, 431, 501
  std::uint64_t unsent = 0;    // bytes of the answers that are being sent
  std::uint64_t shed = 0;      // connections closed beyond WireOptions::unsent_limit: those of a thread whose answers wait longest
};

class Wire {
 public:
  // Binds, listens and accepts at once. The port is exclusive. Failures: port-in-use, bad-host, cannot-listen, bad-certificate.
  static Result<std::unique_ptr<Wire>> open(WireOptions options, WireHandler handler);

  ~Wire();  // stops

  std::uint16_t port() const;
  WireCounters counters() const;  // any thread; the numbers may be slightly old

  // Stops accepting, closes idle and stalled connections at once, lets answers in flight finish within `drain`, then joins the threads.
  // Any thread except a wire thread. A second call does nothing.
  void stop();

 private:
  struct Impl;
  explicit Wire(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
