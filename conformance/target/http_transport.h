// Owns HTTP as a client: libcurl for well-formed requests (TLS, proxies, a deadline over everything), a plain socket for the
// deliberately malformed ones. Connections are kept and reused; nothing is repeated, redirected or decompressed.
#pragma once

#include <memory>

#include "conformance/target/reach.h"
#include "conformance/target/transport.h"

namespace understudy {

class HttpTransport : public Transport {
 public:
  explicit HttpTransport(Reach reach = {});
  ~HttpTransport() override;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;

  TransportResult send(const Url& target, const Request& request, const SendOptions& options) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
