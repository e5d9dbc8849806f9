#include "tests/support/net/raw_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "contracts/src/base/http.h"

namespace understudy::test {
namespace {

using Clock = std::chrono::steady_clock;

bool wait_for(int fd, short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd polled{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&polled, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::size_t content_length_of(std::string_view head) {
  const auto lower = to_lower(head);
  constexpr std::string_view kName = "\r\ncontent-length: ";
  const auto at = lower.find(kName);
  return at == std::string::npos ? 0 : static_cast<std::size_t>(std::strtoull(lower.c_str() + at + kName.size(), nullptr, 10));
}

}  // namespace

RawSocket::RawSocket(std::uint16_t port, std::chrono::milliseconds deadline)
    : until_(Clock::now() + deadline), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int yes = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : until_(other.until_), fd_(std::exchange(other.fd_, -1)), connected_(other.connected_), pending_(std::move(other.pending_)) {}

RawSocket::~RawSocket() { leave(); }

bool RawSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !wait_for(fd_, POLLOUT, until_)) {
      return false;
    }
  }
  return true;
}

RawSocket::End RawSocket::receive() {
  if (!wait_for(fd_, POLLIN, until_)) return End::silence;
  char buffer[16384];
  const auto count = ::recv(fd_, buffer, sizeof buffer, 0);
  if (count < 0) return End::reset;
  if (count == 0) return End::finished;
  pending_.append(buffer, static_cast<std::size_t>(count));
  return End::open;
}

RawSocket::Received RawSocket::read_to_end() {
  auto end = End::open;
  while (end == End::open) end = receive();
  return {.bytes = std::exchange(pending_, {}), .end = end};
}

RawSocket::Received RawSocket::read_bytes(std::size_t count) {
  while (pending_.size() < count) {
    if (const auto end = receive(); end != End::open) return {.bytes = std::exchange(pending_, {}), .end = end};
  }
  Received received{.bytes = pending_.substr(0, count), .end = End::open};
  pending_.erase(0, count);
  return received;
}

RawSocket::Received RawSocket::read_until(std::string_view mark) {
  std::size_t at = 0;
  while ((at = pending_.find(mark)) == std::string::npos) {
    if (const auto end = receive(); end != End::open) return {.bytes = std::exchange(pending_, {}), .end = end};
  }
  return read_bytes(at + mark.size());
}

RawSocket::Received RawSocket::read_response(bool has_body) {
  auto response = read_until("\r\n\r\n");
  if (response.end != End::open || !has_body) return response;
  const auto body = read_bytes(content_length_of(response.bytes));
  return {.bytes = response.bytes + body.bytes, .end = body.end};
}

bool RawSocket::has_more() { return !pending_.empty() || wait_for(fd_, POLLIN, Clock::now()); }

void RawSocket::finish_sending() { ::shutdown(fd_, SHUT_WR); }

void RawSocket::leave() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void RawSocket::leave_with_reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  leave();
}

std::string_view to_string(RawSocket::End end) {
  switch (end) {
    case RawSocket::End::open: return "open";
    case RawSocket::End::finished: return "finished";
    case RawSocket::End::reset: return "reset";
    case RawSocket::End::silence: return "silence";
  }
  return "";
}

RawSocket::Received ask(std::uint16_t port, std::string_view bytes) {
  RawSocket socket(port);
  socket.send(bytes);
  return socket.read_to_end();
}

}  // namespace understudy::test
