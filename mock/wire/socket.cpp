#include "mock/wire/socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#ifdef __linux__
#include <linux/sockios.h>
#endif

namespace understudy {
namespace {

constexpr int kBacklog = 4096;

tl::unexpected<Problem> listen_problem(const char* code, std::string message) {
  return tl::unexpected(make_problem(Failure::usage, code, std::move(message)));
}

std::uint16_t port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Peer peer_of(const sockaddr_storage& address, std::uint16_t local_port) {
  Peer peer{.loopback = false, .local_port = local_port, .connection = 0};
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    ::inet_ntop(AF_INET6, &ip, text, sizeof text);
    peer.loopback = IN6_IS_ADDR_LOOPBACK(&ip) || (IN6_IS_ADDR_V4MAPPED(&ip) && ip.s6_addr[12] == 127);
  } else {
    const auto& ip = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    ::inet_ntop(AF_INET, &ip, text, sizeof text);
    peer.loopback = ntohl(ip.s_addr) >> 24 == 127;
  }
  peer.address = text;
  return peer;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}
int Descriptor::release() { return std::exchange(fd_, -1); }

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  const auto name = host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); failure != 0) {
    const auto reason = failure == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(failure);
    return listen_problem("bad-host", fmt::format("found host '{}', expected a name or an address of this machine ({})", host, reason));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);

  Descriptor descriptor(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (descriptor.get() < 0) return listen_problem("cannot-listen", fmt::format("cannot listen on {}: {}", name, std::strerror(errno)));
  const int yes = 1;  // old connections of a stopped server do not block the port; a listening server does
  ::setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::bind(descriptor.get(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(descriptor.get(), kBacklog) != 0 ||
      ::getsockname(descriptor.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    const int failure = errno;
    if (failure == EADDRINUSE) return listen_problem("port-in-use", fmt::format("cannot listen on {}: the port is in use", name));
    if (failure == EADDRNOTAVAIL)
      return listen_problem("bad-host", fmt::format("found host '{}', expected an address of this machine", host));
    return listen_problem("cannot-listen", fmt::format("cannot listen on {}: {}", name, std::strerror(failure)));
  }
  return Listener{.descriptor = std::move(descriptor), .ipv6 = found->ai_family == AF_INET6, .port = port_of(bound)};
}

Accepted accept_from(int listener, std::uint16_t local_port) {
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Descriptor connection(::accept4(listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.get() >= 0)
      return {.outcome = Accepted::Outcome::connection, .connection = std::move(connection), .peer = peer_of(address, local_port)};
    switch (errno) {
      case EAGAIN: return {.outcome = Accepted::Outcome::none_waiting, .connection = Descriptor()};
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
      case EBADF: return {.outcome = Accepted::Outcome::shortage, .connection = Descriptor()};
      default: break;  // ECONNABORTED, EINTR and network errors concern one connection only
    }
  }
}

bool peer_has_left(int connection) {
  pollfd polled{.fd = connection, .events = POLLRDHUP, .revents = 0};
  return ::poll(&polled, 1, 0) > 0 && (polled.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool has_unsent_bytes(int connection) {
#ifdef SIOCOUTQ
  int unsent = 0;
  return ::ioctl(connection, SIOCOUTQ, &unsent) == 0 && unsent > 0;
#else
  return connection < 0;
#endif
}

}  // namespace understudy
