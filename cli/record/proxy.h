// A reverse proxy: changes a request of a client to one for the target, sends it, changes the response back, and hands on the exchange.
// Thread-safe. It has no socket of its own: mock/wire receives, conformance/target sends.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "cli/verify/safety.h"
#include "conformance/target/http_transport.h"
#include "contracts/src/har/har.h"
#include "mock/delivery.h"

namespace understudy {

inline constexpr std::size_t kRecordedBody = 64u << 20;  // bytes of one body, decoded

// The request as the target gets it: its own host and base path, no headers that belong to one connection.
Request make_forwarded(const Request& received, const Target& target);
// The response as the client gets it: addresses of the target (Location, Content-Location, cookies) become those of the proxy, whose
// origin is that of the client's request.
Response make_returned(const Response& response, const Target& target, const std::string& proxy_origin);

class Proxy {
 public:
  using Record = std::function<void(const Exchange& exchange)>;  // called on the thread of the request

  // `target` has a base and must outlive the proxy, as `safety` must.
  Proxy(const Target& target, const SafetyOptions& safety, Record record);

  Delivery handle(const Request& received);

 private:
  Result<void> check_write(const Request& request);
  TransportResult send(const Request& request);

  const Target& target_;
  const SafetyOptions& safety_;
  const Record record_;
  WriteGuard guard_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpTransport>> idle_;  // guarded by mutex_; each keeps its connections
};

}  // namespace understudy
