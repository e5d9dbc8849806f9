#include "mock/wire_session.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
#include <vector>

#include "mock/wire_request.h"
#include "mock/wire_send.h"

#ifdef __linux__
#include <linux/sockios.h>
#endif

namespace understudy {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}
int Descriptor::release() {
  return std::exchange(fd_, -1);
}

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

constexpr auto kForever = Clock::time_point::max();
constexpr auto kLinger = 2000ms;                 // how long a closing connection takes in what the client still sends
constexpr std::size_t kLingerBytes = 32u << 20;  // and how much of it
constexpr std::size_t kReadHead = 8u << 10;
constexpr std::size_t kReadBody = 64u << 10;

auto into(error_code& error) {
  return asio::redirect_error(asio::use_awaitable_t<Executor>{}, error);
}

bool peer_has_left(int fd) {
  pollfd polled{.fd = fd, .events = POLLRDHUP, .revents = 0};
  return ::poll(&polled, 1, 0) > 0 && (polled.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool has_unsent_bytes(int fd) {
#ifdef SIOCOUTQ
  int unsent = 0;
  return ::ioctl(fd, SIOCOUTQ, &unsent) == 0 && unsent > 0;
#else
  return fd < 0;
#endif
}

// What the event loop may do to a connection from outside of its coroutine.
class Connection {
 public:
  enum class Phase { greeting, idle, reading, answering, stalled, lingering };

  virtual ~Connection() = default;
  virtual void interrupt() = 0;  // ends the wait it is in
  virtual void abort() = 0;      // ends all that it will ever wait for

  bool awaits_answer() const { return phase == Phase::reading || phase == Phase::answering; }

  Phase phase = Phase::greeting;
  Clock::time_point deadline = kForever;  // when the sweep interrupts
  bool expired = false;
  std::size_t index = 0;  // in the registry
};

// All connections of one loop. Deadlines are a field that one timer sweeps: setting one costs nothing, thousands idle at once.
class Registry {
 public:
  Registry(asio::io_context& on_loop, const WireOptions& with_options, const WireHandler& for_handler, TlsContext with_tls)
      : loop(on_loop),
        options(with_options),
        handler(for_handler),
        tls(std::move(with_tls)),
        sweep_timer_(on_loop.get_executor()),
        drain_timer_(on_loop.get_executor()),
        sweep_every_(std::clamp(std::min({options.idle, options.request_deadline, kLinger}) / 8, 5ms, 250ms)) {}

  void join(Connection& connection) {
    connection.index = connections_.size();
    connections_.push_back(&connection);
    if (!std::exchange(sweeping_, true)) sweep_later();
  }

  void leave(Connection& connection) {
    connections_.back()->index = connection.index;
    std::swap(connections_[connection.index], connections_.back());
    connections_.pop_back();
    open.fetch_sub(1, std::memory_order_relaxed);
    if (draining_) stop_timers_if_empty();
  }

  void drain() {
    draining_ = true;
    for (auto* connection : connections_) {
      if (!connection->awaits_answer()) connection->interrupt();
    }
    drain_timer_.expires_after(options.drain);
    drain_timer_.async_wait([this](error_code) {
      for (auto* connection : connections_) connection->abort();
    });
    stop_timers_if_empty();
  }

  bool draining() const { return draining_; }

  asio::io_context& loop;
  const WireOptions& options;
  const WireHandler& handler;
  const TlsContext tls;
  std::atomic<std::uint64_t> open{0}, accepted{0}, requests{0}, refused{0};

 private:
  void sweep_later() {
    sweep_timer_.expires_after(sweep_every_);
    sweep_timer_.async_wait([this](error_code error) {
      if (error) return;
      const auto now = Clock::now();
      for (auto* connection : connections_) {
        if (now < connection->deadline) continue;
        connection->expired = true;
        connection->interrupt();
      }
      sweeping_ = !connections_.empty();
      if (sweeping_) sweep_later();
    });
  }

  void stop_timers_if_empty() {
    if (!connections_.empty()) return;
    sweep_timer_.cancel();
    drain_timer_.cancel();
  }

  std::vector<Connection*> connections_;
  Timer sweep_timer_, drain_timer_;
  const std::chrono::milliseconds sweep_every_;
  bool sweeping_ = false;
  bool draining_ = false;
};

template <class Stream>
class Session final : public Connection {
 public:
  Session(Registry& registry, Stream stream, Peer peer)
      : registry_(registry),
        stream_(std::move(stream)),
        timer_(registry.loop.get_executor()),
        peer_(std::move(peer)),
        parser_({.head = registry.options.head_limit, .body = registry.options.body_limit}) {
    registry_.join(*this);
  }
  ~Session() override { registry_.leave(*this); }
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
      enter(Phase::greeting, registry_.options.request_deadline);
      error_code error;
      co_await stream_.async_handshake(asio::ssl::stream_base::server, into(error));
      co_return !error;
    }
    co_return true;
  }

  Task<Read> read_request() {
    parser_.reset();
    if (registry_.draining()) {
      co_await close(kTls);
      co_return Read::nothing;
    }
    if (buffer_.size() == 0) enter(Phase::idle, registry_.options.idle);
    for (;;) {
      if (buffer_.size() > 0) {
        if (phase != Phase::reading) enter(Phase::reading, registry_.options.request_deadline);
        const auto bytes = buffer_.data();
        buffer_.consume(parser_.parse({static_cast<const char*>(bytes.data()), bytes.size()}));
        if (parser_.state() == RequestParser::State::complete) co_return Read::request;
        if (parser_.state() == RequestParser::State::refused) {
          refusal_ = parser_.refusal();
          co_return Read::refused;
        }
        if (parser_.wants_continue() && buffer_.size() == 0 && !std::exchange(continued_, true)) {
          if (!co_await send("HTTP/1.1 100 Continue\r\n\r\n")) co_return Read::nothing;
          enter(Phase::reading, registry_.options.request_deadline);
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
    registry_.refused.fetch_add(1, std::memory_order_relaxed);
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
    registry_.requests.fetch_add(1, std::memory_order_relaxed);
    continued_ = false;
    head_request_ = parser_.is_head();
    try {
      return registry_.handler(std::move(parser_.request()), peer_);
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
    const bool keep_alive = parser_.keep_alive() && !registry_.draining();
    const auto plan =
        plan_send(delivery, {.head_request = head_request_, .keep_alive = keep_alive, .http_1_0 = parser_.http_1_0()});
    bool sent = false;
    if (delivery.drip) {
      sent = co_await drip(plan.bytes, *delivery.drip);
    } else {
      sent = co_await send(plan.bytes);
    }
    if (!sent) co_return false;
    switch (plan.then) {
      case SendPlan::Then::next_request:
        co_return true;
      case SendPlan::Then::close: {
        const bool is_fault = delivery.raw || delivery.malformed_chunk || delivery.ending != Delivery::Ending::complete;
        co_await close(kTls && !is_fault);
        co_return false;
      }
      case SendPlan::Then::reset:
        co_await reset();
        co_return false;
      case SendPlan::Then::stall:
        if (!registry_.draining()) {
          enter_unlimited(Phase::stalled);
          co_await pause_until(kForever);
        }
        co_return false;
    }
    co_return false;
  }

  Task<bool> send(std::string_view bytes) {
    error_code error;
    deadline = Clock::now() + registry_.options.request_deadline;  // for a client that never reads
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
    for (std::size_t taken = 0; !error && !interrupted_ && taken < kLingerBytes && !registry_.draining();) {
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

  Registry& registry_;
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
void start(Registry& registry, Stream stream, Peer peer) {
  auto session = std::make_unique<Session<Stream>>(registry, std::move(stream), std::move(peer));
  asio::co_spawn(registry.loop, run(std::move(session)), asio::detached);
}

}  // namespace

struct Sessions::Impl {
  Registry registry;
};

Sessions::Sessions(asio::io_context& loop, const WireOptions& options, const WireHandler& handler, TlsContext tls)
    : impl_(new Impl{.registry = {loop, options, handler, std::move(tls)}}) {}
Sessions::~Sessions() = default;

void Sessions::announce() {
  impl_->registry.open.fetch_add(1, std::memory_order_relaxed);
  impl_->registry.accepted.fetch_add(1, std::memory_order_relaxed);
}

void Sessions::adopt(Descriptor connection, bool ipv6, Peer peer) {
  auto& registry = impl_->registry;
  Socket socket(registry.loop.get_executor());
  error_code error;
  if (!registry.draining()) socket.assign(ipv6 ? tcp::v6() : tcp::v4(), connection.get(), error);
  if (registry.draining() || error) {
    registry.open.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  connection.release();
  socket.set_option(tcp::no_delay(true), error);
  if (registry.tls) {
    start(registry, TlsStream(std::move(socket), *registry.tls), std::move(peer));
  } else {
    start(registry, std::move(socket), std::move(peer));
  }
}

void Sessions::drain() {
  impl_->registry.drain();
}

WireCounters Sessions::counters() const {
  const auto& registry = impl_->registry;
  return {.open = registry.open.load(std::memory_order_relaxed),
          .accepted = registry.accepted.load(std::memory_order_relaxed),
          .requests = registry.requests.load(std::memory_order_relaxed),
          .refused = registry.refused.load(std::memory_order_relaxed)};
}

}  // namespace understudy
