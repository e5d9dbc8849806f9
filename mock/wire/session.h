// The connections of one event loop: each is one coroutine that reads requests, calls the handler and sends Deliveries. A deadline is a
// field that a periodic sweep checks: setting it costs nothing, and thousands of idle connections share one timer. Also the aliases for
// Asio. Included by session.cpp and wire.cpp only.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <iterator>
#include <mutex>

#include "mock/wire/socket.h"

namespace understudy::wire {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;  // not any_io_executor: saves a virtual call at each step
template <class T = void>
using Task = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using TlsStream = ssl::stream<Socket>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using TlsContext = std::shared_ptr<ssl::context>;  // null: plain TCP

inline constexpr auto kForever = Clock::time_point::max();
inline constexpr auto kLinger = 2000ms;                 // how long a closing connection still reads what the client sends
inline constexpr std::size_t kLingerBytes = 32u << 20;  // and how much
inline constexpr auto kStreamPause = 100ms;             // between two looks at a BodyStream
inline constexpr std::size_t kFirstRead = 1u << 10;
inline constexpr std::size_t kLargestRead = 64u << 10;
inline constexpr std::size_t kLargestIdle = 4u << 10;  // what an idle connection keeps for its next request

inline auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable_t<Executor>{}, error); }

// Moves the bytes that have arrived into the buffer; would_block: there are none.
template <class Scratch, class Buffer>
error_code take_bytes(Socket& socket, Scratch& scratch, Buffer& buffer) {
  error_code error;
  const auto count = socket.read_some(asio::buffer(scratch), error);
  if (!error) buffer.commit(asio::buffer_copy(buffer.prepare(count), asio::buffer(scratch, count)));
  return error == asio::error::try_again ? asio::error::would_block : error;
}

// How many bytes the kernel took; usually all, and then nothing has to be awaited. An error is found by the next write.
inline std::size_t send_at_once(Socket& socket, std::string_view bytes) {
  error_code error;
  const auto count = bytes.empty() ? 0 : socket.write_some(asio::buffer(bytes.data(), bytes.size()), error);
  return error ? 0 : count;
}

class Connection {
 public:
  enum class Phase { handshake, idle, reading, answering, stalled, lingering };

  virtual ~Connection() = default;
  virtual void interrupt() = 0;  // ends the current wait
  virtual void abort() = 0;      // ends the current wait and all later ones

  bool awaits_answer() const { return phase == Phase::reading || phase == Phase::answering; }

  Phase phase = Phase::handshake;
  Clock::time_point deadline = kForever;
  std::size_t unsent = 0;  // bytes of its answer that are held in memory
  Clock::time_point unsent_since{};
  bool expired = false;   // interrupted by the sweep
  std::size_t index = 0;  // in Sessions::connections
};

// The answers in memory, of all loops.
struct UnsentAnswers {
  const std::size_t limit;
  const std::function<void()> call_all;  // makes every loop call Sessions::shed()
  std::mutex shedding;
  std::atomic<std::uint64_t> bytes{0}, answers{0}, shed{0};

  // One answer may be larger than the limit.
  bool is_exceeded() const { return bytes > limit && answers > 1; }
};

// What the connections of one loop share. The loop, the options, the handler and the threads must outlive it.
struct Sessions {
  asio::io_context& loop;
  asio::thread_pool& slow;  // threads for slow requests
  const WireOptions& options;
  const WireHandler& handler;
  const TlsContext tls;
  UnsentAnswers& answers;
  std::vector<Connection*> connections;
  std::array<char, kLargestRead> scratch;  // buffer for a read of unknown size, used within one step
  Timer sweep_timer{loop.get_executor()};
  Timer drain_timer{loop.get_executor()};
  bool sweeping = false;
  bool draining = false;
  std::atomic<std::uint64_t> open{0}, accepted{0}, requests{0}, refused{0};

  // On the loop's thread: takes over a connection that is counted in `open` and `accepted`.
  void adopt(Descriptor connection, bool ipv6, Peer peer);

  void join(Connection& connection) {
    connection.index = connections.size();
    connections.push_back(&connection);
    if (!std::exchange(sweeping, true)) sweep_later();
  }

  void leave(Connection& connection) {
    connections.back()->index = connection.index;
    std::swap(connections[connection.index], connections.back());
    connections.pop_back();
    --open;
    if (draining) stop_timers_if_empty();
  }

  // On the loop's thread: counts an answer while it is held in memory.
  void hold(Connection& connection, std::size_t bytes) {
    if (bytes == 0) return;
    connection.unsent = bytes;
    connection.unsent_since = Clock::now();
    answers.bytes += bytes;
    ++answers.answers;
    if (answers.is_exceeded()) answers.call_all();
  }
  void release(Connection& connection) {
    if (connection.unsent == 0) return;
    answers.bytes -= std::exchange(connection.unsent, 0);
    --answers.answers;
  }

  // On the loop's thread: closes the connections whose answers wait longest while all loops together hold more than the limit.
  void shed() {
    const std::lock_guard lock(answers.shedding);
    std::vector<Connection*> waiting;
    std::ranges::copy_if(connections, std::back_inserter(waiting), [](const auto* each) { return each->unsent > 0; });
    std::ranges::sort(waiting, {}, &Connection::unsent_since);
    for (auto* connection : waiting) {
      if (!answers.is_exceeded()) return;
      release(*connection);
      ++answers.shed;
      connection->abort();
    }
  }

  // On the loop's thread: ends connections without an answer in flight now, the others when they finish, all after options.drain.
  void drain() {
    draining = true;
    for (auto* connection : connections) {
      if (!connection->awaits_answer()) connection->interrupt();
    }
    drain_timer.expires_after(options.drain);
    drain_timer.async_wait([this](error_code) {
      for (auto* connection : connections) connection->abort();
    });
    stop_timers_if_empty();
  }

 private:
  void sweep_later() {
    sweep_timer.expires_after(std::clamp(
        std::min({options.idle, options.request_deadline, options.write_deadline, std::chrono::milliseconds(kLinger)}) / 8, 5ms, 250ms));
    sweep_timer.async_wait([this](error_code error) {
      if (error) return;
      const auto now = Clock::now();
      for (auto* connection : connections) {
        if (now < connection->deadline) continue;
        connection->expired = true;
        connection->interrupt();
      }
      sweeping = !connections.empty();
      if (sweeping) sweep_later();
    });
  }

  // A pending timer would keep the loop running.
  void stop_timers_if_empty() {
    if (!connections.empty()) return;
    sweep_timer.cancel();
    drain_timer.cancel();
  }
};

}  // namespace understudy::wire
