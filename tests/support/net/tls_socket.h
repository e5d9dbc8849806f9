// A blocking TLS client for tests that check exact bytes and how a connection ends, like RawSocket for HTTPS. It does not verify
// certificates.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/net/raw_socket.h"

namespace understudy::test {

class TlsSocket {
 public:
  // Connects to 127.0.0.1 and shakes hands; the deadline is for each wait.
  explicit TlsSocket(std::uint16_t port, std::chrono::milliseconds deadline = std::chrono::seconds(10));
  ~TlsSocket();
  TlsSocket(TlsSocket&& other) noexcept;
  TlsSocket& operator=(TlsSocket&&) = delete;

  bool connected() const;
  void set_deadline(std::chrono::milliseconds deadline);
  bool send(std::string_view bytes);
  RawSocket::Received read_to_end();                      // until the peer's goodbye or FIN, RST or the deadline
  RawSocket::Received read_until(std::string_view mark);  // up to and with the mark; what follows is kept for the next read

 private:
  struct Connection;
  RawSocket::End receive();  // one read into pending_
  std::string pending_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace understudy::test
