// Owns what the wire asks of the kernel directly: listening exclusively, accepting, and looking at a connection without
// reading from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
    none_waits,
    shortage,  // of descriptors or memory: the connection waits on, and trying again at once would spin
  };
  Outcome outcome = Outcome::none_waits;
  Descriptor connection;
  Peer peer;
};
Accepted accept_from(int listener, std::uint16_t local_port);

// FIN or RST has come, whatever bytes may wait in front of it.
bool peer_has_left(int connection);
bool has_unsent_bytes(int connection);

}  // namespace understudy
