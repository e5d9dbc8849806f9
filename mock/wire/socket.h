// System calls that Asio does not offer: listening on an exclusive port, accepting, checking a connection without reading from it.
#pragma once

#include "mock/wire/wire.h"

namespace understudy {

// A file descriptor with an owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return fd_; }
  int release();

 private:
  int fd_;
};

struct Listener {
  Descriptor descriptor;
  bool ipv6 = false;
  std::uint16_t port = 0;
};

// Failures: bad-host, port-in-use, cannot-listen.
Result<Listener> listen_on(const std::string& host, std::uint16_t port);

struct Accepted {
  enum class Outcome {
    connection,
    none_waiting,
    shortage,  // of descriptors or memory: the connection stays in the queue; trying again at once would be a busy loop
  };
  Outcome outcome = Outcome::none_waiting;
  Descriptor connection;
  Peer peer;
};
Accepted accept_from(int listener, std::uint16_t local_port);

// Whether FIN or RST has arrived, even if unread bytes arrived before it.
bool peer_has_left(int connection);
bool has_unsent_bytes(int connection);

}  // namespace understudy
