#include "mock/wire.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "mock/wire_session.h"

namespace understudy {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kAcceptAgain{50};

struct Listener {
  Descriptor descriptor;
  bool ipv6 = false;
  std::uint16_t port = 0;
};

tl::unexpected<Problem> cannot(const char* code, std::string message) {
  return tl::unexpected(
      Problem{.failure = Failure::usage, .code = code, .message = std::move(message), .place = {}, .source_line = {}});
}

std::uint16_t port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  const auto name = host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); failure != 0) {
    return cannot("bad-host", fmt::format("found host '{}', expected a name or an address of this machine ({})", host,
                                          ::gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);

  Descriptor descriptor(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;  // past connections of a server that has just stopped do not block the port; a listening one does
  ::setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::bind(descriptor.get(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(descriptor.get(), kBacklog) != 0 ||
      ::getsockname(descriptor.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    const int failure = errno;
    if (failure == EADDRINUSE) return cannot("port-in-use", fmt::format("cannot listen on {}: the port is in use", name));
    if (failure == EADDRNOTAVAIL)
      return cannot("bad-host", fmt::format("found host '{}', expected an address of this machine", host));
    return cannot("cannot-listen", fmt::format("cannot listen on {}: {}", name, std::strerror(failure)));
  }
  return Listener{.descriptor = std::move(descriptor), .ipv6 = found->ai_family == AF_INET6, .port = port_of(bound)};
}

Peer peer_of(const sockaddr_storage& address, std::uint16_t local_port) {
  Peer peer{.address = {}, .loopback = false, .local_port = local_port};
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

struct Wire::Impl {
  struct Thread {
    Thread(const Impl& wire, const TlsContext& tls)
        : sessions(loop, wire.options, wire.handler, tls), stay(loop.get_executor()), thread([this] { loop.run(); }) {}

    asio::io_context loop{1};
    Sessions sessions;
    std::optional<asio::executor_work_guard<Executor>> stay;
    std::thread thread;
  };

  Impl(WireOptions with_options, WireHandler with_handler, Listener listener, const TlsContext& tls)
      : options(std::move(with_options)), handler(std::move(with_handler)), ipv6(listener.ipv6), port(listener.port) {
    for (int i = 0; i < std::max(options.threads, 1); ++i) threads.push_back(std::make_unique<Thread>(*this, tls));
    auto& first = threads.front()->loop;
    acceptor.emplace(first.get_executor());
    acceptor->assign(ipv6 ? tcp::v6() : tcp::v4(), listener.descriptor.release());
    accept_again.emplace(first.get_executor());
    asio::co_spawn(first, accept(), asio::detached);
  }

  // Runs on the first thread until the acceptor is closed.
  asio::awaitable<void, Executor> accept() {
    const auto into = [](error_code& error) { return asio::redirect_error(asio::use_awaitable_t<Executor>{}, error); };
    while (acceptor->is_open()) {
      error_code error;
      co_await acceptor->async_wait(Acceptor::wait_read, into(error));
      if (accept_waiting() || !acceptor->is_open()) continue;
      // Out of descriptors: the waiting connections stay readable, so without a pause this loop would spin.
      accept_again->expires_after(kAcceptAgain);
      co_await accept_again->async_wait(into(error));
    }
  }

  // False: something is short, and the connections that wait cannot be taken now.
  bool accept_waiting() {
    for (;;) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      Descriptor connection(
          ::accept4(acceptor->native_handle(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (connection.get() >= 0) {
        hand_over(std::move(connection), peer_of(address, port));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return true;
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM || errno == EBADF) {
        return false;
      }  // the rest (ECONNABORTED, EINTR, network errors) concerns one connection only
    }
  }

  // To the thread with the fewest connections: 16 clients are 8 and 8, which SO_REUSEPORT's hash does not give.
  void hand_over(Descriptor connection, Peer peer) {
    auto& thread = **std::ranges::min_element(threads, {}, [](const auto& each) { return each->sessions.counters().open; });
    thread.sessions.announce();
    asio::dispatch(thread.loop, [this, &thread, connection = std::move(connection), peer = std::move(peer)]() mutable {
      thread.sessions.adopt(std::move(connection), ipv6, std::move(peer));
    });
  }

  void stop() {
    const std::lock_guard lock(stopping);
    if (std::exchange(stopped, true)) return;
    asio::post(threads.front()->loop, [this] {
      error_code ignored;
      acceptor->close(ignored);
      accept_again->cancel();
    });
    for (auto& thread : threads) {
      asio::post(thread->loop, [&thread = *thread] {
        thread.sessions.drain();
        thread.stay.reset();
      });
    }
    for (auto& thread : threads) thread->thread.join();
  }

  const WireOptions options;
  const WireHandler handler;
  const bool ipv6;
  const std::uint16_t port;
  std::vector<std::unique_ptr<Thread>> threads;
  std::optional<Acceptor> acceptor;
  std::optional<Timer> accept_again;
  std::mutex stopping;
  bool stopped = false;
};

Wire::Wire(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Wire::~Wire() {
  stop();
}

Result<std::unique_ptr<Wire>> Wire::open(WireOptions options, WireHandler handler) {
  auto tls = load_tls(options.tls_certificate, options.tls_key);
  if (!tls) return tl::unexpected(std::move(tls).error());
  auto listener = listen_on(options.host, options.port);
  if (!listener) return tl::unexpected(std::move(listener).error());
  return std::unique_ptr<Wire>(
      new Wire(std::make_unique<Impl>(std::move(options), std::move(handler), *std::move(listener), *tls)));
}

std::uint16_t Wire::port() const {
  return impl_->port;
}

WireCounters Wire::counters() const {
  WireCounters all;
  for (const auto& thread : impl_->threads) {
    const auto one = thread->sessions.counters();
    all.open += one.open;
    all.accepted += one.accepted;
    all.requests += one.requests;
    all.refused += one.refused;
  }
  return all;
}

void Wire::stop() {
  impl_->stop();
}

}  // namespace understudy
