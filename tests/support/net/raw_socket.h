// Owns a blocking TCP client for tests that must say and see exact bytes. Every wait ends at one total deadline, so that a
// server which says nothing is a failed check and not a hanging test.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

namespace understudy::test {

class RawSocket {
 public:
  enum class End {
    open,      // as much as was asked for came, the connection goes on
    finished,  // FIN
    reset,     // RST
    silence,   // the deadline passed
  };
  struct Received {
    std::string bytes;
    End end = End::open;
  };

  // Connects to 127.0.0.1; the deadline is for the whole life of the socket.
  explicit RawSocket(std::uint16_t port, std::chrono::milliseconds deadline = std::chrono::seconds(10));
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket();

  bool connected() const { return connected_; }
  bool send(std::string_view bytes);  // false: not all of it could be sent
  Received read_to_end();             // until FIN, RST or the deadline
  Received read_bytes(std::size_t count);
  Received read_until(std::string_view mark);  // up to and with the mark; what follows is kept for the next read
  // One response: its head, and as many body bytes as Content-Length says.
  Received read_response(bool has_body = true);
  bool has_more();        // bytes, FIN or RST wait to be read; does not wait itself
  void finish_sending();  // FIN, reading goes on
  void leave();           // close
  void leave_with_reset();

 private:
  End receive();  // one recv into pending_
  std::chrono::steady_clock::time_point until_;
  int fd_ = -1;
  bool connected_ = false;
  std::string pending_;
};

std::string_view to_string(RawSocket::End end);

// One connection: sends, and reads to the end.
RawSocket::Received ask(std::uint16_t port, std::string_view bytes);

// Waits until the condition holds, for at most ten seconds; whether it did.
template <class Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace understudy::test
