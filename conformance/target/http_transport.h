// An HTTP client: libcurl for well-formed requests (TLS, proxies, a deadline for the whole exchange), a plain socket for deliberately
// malformed ones. Connections are kept and reused; requests are not repeated, redirects are not followed, content codings are removed.
#pragma once

#include <memory>

#include "conformance/target/connection_options.h"
#include "conformance/target/transport.h"

namespace understudy {

class HttpTransport : public Transport {
 public:
  explicit HttpTransport(ConnectionOptions connection = {});
  ~HttpTransport() override;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;

  TransportResult send(const Url& target, const Request& request, const SendOptions& options) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
