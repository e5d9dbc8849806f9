// Owns a blocking TLS client for tests that must say and see exact bytes inside TLS. It trusts anybody.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/raw_socket.h"

namespace understudy::test {

class TlsSocket {
 public:
  // Connects to 127.0.0.1 and shakes hands; every wait ends after ten seconds.
  explicit TlsSocket(std::uint16_t port);
  TlsSocket(TlsSocket&&) noexcept;
  ~TlsSocket();

  bool connected() const;
  void send(std::string_view bytes);
  RawSocket::Received read_to_end();
  RawSocket::Received read_until(std::string_view mark);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::test
