// Owns what the connections of one loop share: options, counters, the sweep over deadlines, the end; and the names by which
// the wire calls what it uses of Asio. Only mock/wire/session.cpp includes it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "mock/wire/connections.h"
#include "mock/wire/session.h"

namespace understudy::wire {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;  // named, not any_io_executor: it saves a virtual call at each step
template <class T = void>
using Task = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

inline constexpr auto kForever = Connection::kForever;
inline constexpr auto kLinger = 2000ms;                 // how long a closing connection takes in what the client still sends
inline constexpr std::size_t kLingerBytes = 32u << 20;  // and how much of it
inline constexpr std::size_t kFirstRead = 1u << 10;
inline constexpr std::size_t kLargestRead = 64u << 10;

inline auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable_t<Executor>{}, error); }

// What the connections of one loop share.
struct Shared {
  Shared(asio::io_context& on_loop, const WireOptions& with_options, const WireHandler& for_handler, TlsContext with_tls)
      : loop(on_loop), options(with_options), handler(for_handler), tls(std::move(with_tls)) {}

  asio::io_context& loop;
  const WireOptions& options;
  const WireHandler& handler;
  const TlsContext tls;
  Connections connections;
  std::array<char, kLargestRead> scratch;  // where a read lands whose size nobody knows yet; of one step, never kept
  Timer sweep_timer{loop.get_executor()};
  Timer drain_timer{loop.get_executor()};
  bool sweeping = false;
  bool draining = false;
  std::atomic<std::uint64_t> open{0}, accepted{0}, requests{0}, refused{0};

  void join(Connection& connection) {
    connections.join(connection);
    if (!std::exchange(sweeping, true)) sweep_later();
  }

  void leave(Connection& connection) {
    connections.leave(connection);
    open.fetch_sub(1, std::memory_order_relaxed);
    if (draining) stop_timers_if_empty();
  }

  void drain() {
    draining = true;
    connections.interrupt_waiting();
    drain_timer.expires_after(options.drain);
    drain_timer.async_wait([this](error_code) { connections.abort_all(); });
    stop_timers_if_empty();
  }

 private:
  void sweep_later() {
    sweep_timer.expires_after(std::clamp(
        std::min({options.idle, options.request_deadline, options.write_deadline, std::chrono::milliseconds(kLinger)}) / 8, 5ms, 250ms));
    sweep_timer.async_wait([this](error_code error) {
      if (error) return;
      connections.sweep(Clock::now());
      sweeping = !connections.empty();
      if (sweeping) sweep_later();
    });
  }

  // The loop runs as long as something waits in it.
  void stop_timers_if_empty() {
    if (!connections.empty()) return;
    sweep_timer.cancel();
    drain_timer.cancel();
  }
};

}  // namespace understudy::wire
