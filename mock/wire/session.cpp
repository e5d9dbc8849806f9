#include "mock/wire/session.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstring>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mock/wire/request.h"
#include "mock/wire/send.h"
#include "mock/wire/shared.h"

namespace understudy {
namespace {

using namespace wire;

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
      const bool goes_on = co_await deliver(ask());
      if (!goes_on) co_return;
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
    request_bytes_ = 0;
    if (buffer_.size() == 0) {
      buffer_.shrink_to_fit();  // a connection that says nothing holds nothing
      room_ = kFirstRead;
      enter(Phase::idle, shared_.options.idle);
    }
    for (;;) {
      if (buffer_.size() > 0) {
        if (phase != Phase::reading) {
          enter(Phase::reading, shared_.options.request_deadline);
          began_ = deadline - shared_.options.request_deadline;
        }
        const auto bytes = buffer_.data();
        const auto used = parser_.parse({static_cast<const char*>(bytes.data()), bytes.size()});
        request_bytes_ += used;
        buffer_.consume(used);
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
      co_await receive(error);
      if (error) {
        if (!expired || phase != Phase::reading) co_return Read::nothing;
        refusal_ = {.status = 408, .message = "The request did not arrive in time."};
        co_return Read::refused;
      }
    }
  }

  // More bytes into the buffer. A plain connection waits without memory of its own: ten thousand that have said half a request
  // hold those halves and nothing else. What TLS reads into must be there before; it grows with what comes.
  Task<> receive(error_code& error) {
    if constexpr (kTls) {
      const auto count = co_await stream_.async_read_some(buffer_.prepare(room_), into(error));
      if (error) co_return;
      buffer_.commit(count);
      if (count == room_) room_ = std::min(room_ * 4, kLargestRead);
    } else {
      for (;;) {
        co_await socket().async_wait(Socket::wait_read, into(error));
        if (error) co_return;
        auto& scratch = shared_.scratch;
        const auto count = socket().read_some(asio::buffer(scratch), error);
        if (error == asio::error::would_block || error == asio::error::try_again) continue;
        if (error) co_return;
        std::memcpy(buffer_.prepare(count).data(), scratch.data(), count);
        buffer_.commit(count);
        co_return;
      }
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
    if (shared_.options.observer) std::tie(method_, target_) = parser_.request_line();
    const bool sent = co_await send(plan.bytes);
    tell({.status = refusal_.status, .told = {}, .bytes_out = plan.bytes.size(), .ending = sent ? "complete" : "lost"});
    if (sent) co_await close(kTls);
  }

  Delivery ask() {
    shared_.requests.fetch_add(1, std::memory_order_relaxed);
    continued_ = false;
    head_request_ = parser_.is_head();
    if (shared_.options.observer) std::tie(method_, target_) = parser_.request_line();
    try {
      return shared_.handler(std::move(parser_.request()), peer_);
    } catch (const std::exception&) {  // our bug; the text of the exception is nobody's business on the network
      Delivery delivery;
      delivery.response.status = 500;
      return delivery;
    }
  }

  // Whether another request may follow.
  Task<bool> deliver(Delivery delivery) {
    enter_unlimited(Phase::answering);
    Outcome outcome{.status = 0, .told = std::move(delivery.log_entry), .bytes_out = 0, .ending = "lost"};
    if (delivery.delay > 0ms) {
      const bool still_there = co_await pause_until(Clock::now() + delivery.delay);
      if (!still_there) {
        tell(outcome);
        co_return false;
      }
    }
    const bool keep_alive = parser_.keep_alive() && !shared_.draining;
    auto plan = plan_send(delivery, {.head_request = head_request_, .keep_alive = keep_alive, .http_1_0 = parser_.http_1_0()});
    if (!plan.bytes.empty() && !delivery.raw) outcome.status = delivery.response.status;
    outcome.bytes_out = plan.bytes.size();
    bool sent = false;
    if (delivery.drip) {
      sent = co_await drip(plan.bytes, *delivery.drip);
    } else {
      sent = co_await send(plan.bytes);
    }
    if (sent) outcome.ending = ending_of(plan.then, delivery.ending);
    tell(outcome);
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
          delivery = {};  // what stays silent needs no words
          plan = {};
          enter_unlimited(Phase::stalled);
          co_await pause_until(kForever);
        }
        co_return false;
    }
    co_return false;
  }

  struct Outcome {
    int status;
    std::shared_ptr<const AccessLogEntry> told;
    std::size_t bytes_out;
    std::string_view ending;
  };

  static std::string_view ending_of(SendPlan::Then then, Delivery::Ending ending) {
    if (then == SendPlan::Then::reset) return "reset";
    if (then == SendPlan::Then::stall) return "stall";
    return ending == Delivery::Ending::close ? "close" : "complete";
  }

  void tell(const Outcome& outcome) {
    if (!shared_.options.observer) return;
    shared_.options.observer({.peer = peer_,
                              .method = std::move(method_),
                              .target = std::move(target_),
                              .status = outcome.status,
                              .refusal = refusal_.message,
                              .told = outcome.told,
                              .ending = outcome.ending,
                              .bytes_in = request_bytes_,
                              .bytes_out = outcome.bytes_out,
                              .elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_)});
  }

  Task<bool> send(std::string_view bytes) {
    error_code error;
    deadline = Clock::now() + shared_.options.write_deadline;
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
      taken += co_await socket().async_read_some(buffer_.prepare(kFirstRead * 16), into(error));
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
  std::size_t room_ = kFirstRead;
  std::size_t request_bytes_ = 0;
  Clock::time_point began_{};
  std::string method_, target_;  // for the observer
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
  socket.non_blocking(true, error);
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
