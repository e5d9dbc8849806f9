#include "mock/wire_session.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <exception>
#include <type_traits>
#include <utility>

#include "mock/wire_connections.h"
#include "mock/wire_request.h"
#include "mock/wire_send.h"

namespace understudy {
namespace {

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

constexpr auto kForever = Connection::kForever;
constexpr auto kLinger = 2000ms;                 // how long a closing connection takes in what the client still sends
constexpr std::size_t kLingerBytes = 32u << 20;  // and how much of it
constexpr std::size_t kReadHead = 8u << 10;
constexpr std::size_t kReadBody = 64u << 10;

auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable_t<Executor>{}, error); }

// What the connections of one loop share.
struct Shared {
  Shared(asio::io_context& on_loop, const WireOptions& with_options, const WireHandler& for_handler, TlsContext with_tls)
      : loop(on_loop), options(with_options), handler(for_handler), tls(std::move(with_tls)) {}

  asio::io_context& loop;
  const WireOptions& options;
  const WireHandler& handler;
  const TlsContext tls;
  Connections connections;
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
    sweep_timer.expires_after(std::clamp(std::min({options.idle, options.request_deadline, kLinger}) / 8, 5ms, 250ms));
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

template <class Stream>
class Session final : public Connection {
 public:
  Session(Shared& shared, Stream stream, Peer peer)
      : shared_(shared),
        stream_(std::move(stream)),
        timer_(shared.loop.get_executor()),
        peer_(std::move(peer)),
        parser_({.head = shared.options.head_limit, .body = shared.options.body_limit}) {
    shared_.join(*this);
  }
  ~Session() override { shared_.leave(*this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // A connection from its first byte to its end.
  Task<> walk() {
    if (!co_await greet()) co_return;
    for (;;) {
      const auto read = co_await read_request();
      if (read == Read::nothing) co_return;
      if (read == Read::refused) {
        co_await refuse();
        co_return;
      }
      const Delivery delivery = ask();
      if (!co_await deliver(delivery)) co_return;
    }
  }

  void interrupt() override {
    interrupted_ = true;
    timer_.cancel();
    error_code ignored;
    socket().cancel(ignored);
  }

  void abort() override {
    aborted_ = true;
    timer_.cancel();
    error_code ignored;
    socket().close(ignored);
  }

 private:
  enum class Read { request, refused, nothing };
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  Socket& socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void enter(Phase next, std::chrono::milliseconds limit) {
    phase = next;
    deadline = Clock::now() + limit;
    expired = interrupted_ = false;
  }
  void enter_unlimited(Phase next) {
    phase = next;
    deadline = kForever;
    expired = interrupted_ = false;
  }

  Task<bool> greet() {
    if constexpr (kTls) {
      enter(Phase::greeting, shared_.options.request_deadline);
      error_code error;
      co_await stream_.async_handshake(asio::ssl::stream_base::server, into(error));
      co_return !error;
    }
    co_return true;
  }

  Task<Read> read_request() {
    parser_.reset();
    if (shared_.draining) {
      co_await close(kTls);
      co_return Read::nothing;
    }
    if (buffer_.size() == 0) enter(Phase::idle, shared_.options.idle);
    for (;;) {
      if (buffer_.size() > 0) {
        if (phase != Phase::reading) enter(Phase::reading, shared_.options.request_deadline);
        const auto bytes = buffer_.data();
        buffer_.consume(parser_.parse({static_cast<const char*>(bytes.data()), bytes.size()}));
        if (parser_.state() == RequestParser::State::complete) co_return Read::request;
        if (parser_.state() == RequestParser::State::refused) {
          refusal_ = parser_.refusal();
          co_return Read::refused;
        }
        if (parser_.wants_continue() && buffer_.size() == 0 && !std::exchange(continued_, true)) {
          const auto until = deadline;  // of the request: waiting for 100 does not move it
          if (!co_await send("HTTP/1.1 100 Continue\r\n\r\n")) co_return Read::nothing;
          deadline = until;
        }
      }
      error_code error;
      const auto room = parser_.state() == RequestParser::State::body ? kReadBody : kReadHead;
      const auto count = co_await stream_.async_read_some(buffer_.prepare(room), into(error));
      if (error) {
        if (!expired || phase != Phase::reading) co_return Read::nothing;
        refusal_ = {.status = 408, .message = "The request did not arrive in time."};
        co_return Read::refused;
      }
      buffer_.commit(count);
    }
  }

  // The wire's own answer to what is no request; where the next one would begin is not known, so the connection ends.
  Task<> refuse() {
    shared_.refused.fetch_add(1, std::memory_order_relaxed);
    enter_unlimited(Phase::answering);
    Delivery delivery;
    delivery.response.status = refusal_.status;
    delivery.response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    delivery.response.body = refusal_.message + "\n";
    const auto plan = plan_send(delivery, {.head_request = parser_.is_head(), .keep_alive = false, .http_1_0 = false});
    const bool sent = co_await send(plan.bytes);
    if (sent) co_await close(kTls);
  }

  Delivery ask() {
    shared_.requests.fetch_add(1, std::memory_order_relaxed);
    continued_ = false;
    head_request_ = parser_.is_head();
    try {
      return shared_.handler(std::move(parser_.request()), peer_);
    } catch (const std::exception&) {  // our bug; the text of the exception is nobody's business on the network
      Delivery delivery;
      delivery.response.status = 500;
      return delivery;
    }
  }

  // Whether another request may follow.
  Task<bool> deliver(const Delivery& delivery) {
    enter_unlimited(Phase::answering);
    if (delivery.delay > 0ms) {
      const bool still_there = co_await pause_until(Clock::now() + delivery.delay);
      if (!still_there) co_return false;
    }
    const bool keep_alive = parser_.keep_alive() && !shared_.draining;
    const auto plan = plan_send(delivery, {.head_request = head_request_, .keep_alive = keep_alive, .http_1_0 = parser_.http_1_0()});
    bool sent = false;
    if (delivery.drip) {
      sent = co_await drip(plan.bytes, *delivery.drip);
    } else {
      sent = co_await send(plan.bytes);
    }
    if (!sent) co_return false;
    switch (plan.then) {
      case SendPlan::Then::next_request: co_return true;
      case SendPlan::Then::close: {
        const bool is_fault = delivery.raw || delivery.malformed_chunk || delivery.ending != Delivery::Ending::complete;
        co_await close(kTls && !is_fault);
        co_return false;
      }
      case SendPlan::Then::reset: co_await reset(); co_return false;
      case SendPlan::Then::stall:
        if (!shared_.draining) {
          enter_unlimited(Phase::stalled);
          co_await pause_until(kForever);
        }
        co_return false;
    }
    co_return false;
  }

  Task<bool> send(std::string_view bytes) {
    error_code error;
    deadline = Clock::now() + shared_.options.request_deadline;  // for a client that never reads
    co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), into(error));
    deadline = kForever;
    co_return !error;
  }

  Task<bool> drip(std::string_view bytes, Delivery::Drip how) {
    const auto step = std::max<std::size_t>(how.bytes, 1);
    auto next = Clock::now();
    while (!bytes.empty()) {
      const bool sent = co_await send(bytes.substr(0, step));
      if (!sent) co_return false;
      bytes.remove_prefix(std::min(step, bytes.size()));
      if (bytes.empty() || how.every <= 0ms) continue;
      next = std::max(next + how.every, Clock::now());
      const bool still_there = co_await pause_until(next);
      if (!still_there) co_return false;
    }
    co_return true;
  }

  // False: the client has left, or the wire stops. Only a full look at the socket tells: bytes may be waiting (a client that
  // pipelines), and those stay where they are for the next read.
  Task<bool> pause_until(Clock::time_point until) {
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
      error_code timed, readable;
      timer_.expires_at(until);
      co_await (timer_.async_wait(into(timed)) || socket().async_wait(Socket::wait_read, into(readable)));
      if (aborted_ || interrupted_) co_return false;
      if (Clock::now() >= until) co_return true;
      if (peer_has_left(socket().native_handle())) co_return false;
      co_await nap(std::min(until, Clock::now() + 50ms));
      if (aborted_ || interrupted_ || peer_has_left(socket().native_handle())) co_return false;
    }
  }

  Task<> nap(Clock::time_point until) {
    error_code ignored;
    timer_.expires_at(until);
    co_await timer_.async_wait(into(ignored));
  }

  // FIN behind what was sent. Then whatever the client still sends is taken in for a while: closing on unread bytes would
  // make the kernel send RST, and the client could lose the answer.
  Task<> close(bool say_goodbye) {
    enter(Phase::lingering, kLinger);
    error_code error;
    if constexpr (kTls) {
      if (say_goodbye) co_await stream_.async_shutdown(into(error));
    }
    error.clear();
    socket().shutdown(Socket::shutdown_send, error);
    for (std::size_t taken = 0; !error && !interrupted_ && taken < kLingerBytes && !shared_.draining;) {
      buffer_.clear();
      taken += co_await socket().async_read_some(buffer_.prepare(kReadBody), into(error));
    }
  }

  // RST. It discards what is still in the kernel's queue, so the bytes that the Delivery grants leave first.
  Task<> reset() {
    const auto patience = Clock::now() + 1s;
    while (!aborted_ && has_unsent_bytes(socket().native_handle()) && Clock::now() < patience) co_await nap(Clock::now() + 1ms);
    error_code ignored;
    socket().set_option(asio::socket_base::linger(true, 0), ignored);
    socket().close(ignored);
  }

  Shared& shared_;
  Stream stream_;
  Timer timer_;
  Peer peer_;
  RequestParser parser_;
  boost::beast::flat_buffer buffer_;
  Refusal refusal_;
  bool continued_ = false;
  bool head_request_ = false;
  bool interrupted_ = false;
  bool aborted_ = false;
};

template <class Stream>
Task<> run(std::unique_ptr<Session<Stream>> session) {
  co_await session->walk();
}

template <class Stream>
void start(Shared& shared, Stream stream, Peer peer) {
  auto session = std::make_unique<Session<Stream>>(shared, std::move(stream), std::move(peer));
  asio::co_spawn(shared.loop, run(std::move(session)), asio::detached);
}

}  // namespace

struct Sessions::Impl {
  Shared shared;
};

Sessions::Sessions(asio::io_context& loop, const WireOptions& options, const WireHandler& handler, TlsContext tls)
    : impl_(new Impl{.shared = {loop, options, handler, std::move(tls)}}) {}
Sessions::~Sessions() = default;

void Sessions::announce() {
  impl_->shared.open.fetch_add(1, std::memory_order_relaxed);
  impl_->shared.accepted.fetch_add(1, std::memory_order_relaxed);
}

void Sessions::adopt(Descriptor connection, bool ipv6, Peer peer) {
  auto& shared = impl_->shared;
  Socket socket(shared.loop.get_executor());
  error_code error;
  if (!shared.draining) socket.assign(ipv6 ? tcp::v6() : tcp::v4(), connection.get(), error);
  if (shared.draining || error) {
    shared.open.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  connection.release();
  socket.set_option(tcp::no_delay(true), error);
  if (shared.tls) {
    start(shared, TlsStream(std::move(socket), *shared.tls), std::move(peer));
  } else {
    start(shared, std::move(socket), std::move(peer));
  }
}

void Sessions::drain() { impl_->shared.drain(); }

WireCounters Sessions::counters() const {
  const auto& shared = impl_->shared;
  return {.open = shared.open.load(std::memory_order_relaxed),
          .accepted = shared.accepted.load(std::memory_order_relaxed),
          .requests = shared.requests.load(std::memory_order_relaxed),
          .refused = shared.refused.load(std::memory_order_relaxed)};
}

}  // namespace understudy
