#include "mock/wire/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <exception>
#include <tuple>
#include <type_traits>

#include "mock/wire/request.h"
#include "mock/wire/send.h"

namespace understudy::wire {
namespace {

template <class Stream>
class Session final : public Connection {
 public:
  Session(Sessions& shared, Stream stream, Peer peer)
      : shared_(shared),
        stream_(std::move(stream)),
        timer_(shared.loop.get_executor()),
        peer_(std::move(peer)),
        parser_({.head = shared.options.head_limit, .body_of = [this](const Request& head) {
                   const bool large = shared_.options.takes_large_body && shared_.options.takes_large_body(head, peer_);
                   return large ? kLargeBody : shared_.options.body_limit;
                 }}) {
    shared_.join(*this);
  }
  ~Session() override {
    shared_.release(*this);
    shared_.leave(*this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Serves the connection from its first byte to its end.
  Task<> serve() {
    if (!co_await shake_hands()) co_return;
    auto read = co_await read_request();
    while (read == Read::request) {
      Delivery delivery;
      if (shared_.options.is_slow && shared_.options.is_slow(parser_.request()))
        co_await call_handler_apart(delivery);
      else
        delivery = call_handler();
      if (delivery.stored) co_await wait_until_stored(delivery);
      const bool open = co_await deliver(std::move(delivery));
      if (!open) co_return;
      read = co_await read_request();
    }
    if (read == Read::refused) co_await refuse();
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
    if constexpr (kTls)
      return stream_.next_layer();
    else
      return stream_;
  }

  void enter_until(Phase next, Clock::time_point until) {
    phase = next;
    deadline = until;
    expired = interrupted_ = false;
  }
  void enter(Phase next, std::chrono::milliseconds limit) { enter_until(next, Clock::now() + limit); }

  Task<bool> shake_hands() {
    if constexpr (kTls) {
      enter(Phase::handshake, shared_.options.request_deadline);
      error_code error;
      co_await stream_.async_handshake(ssl::stream_base::server, into(error));
      co_return !error;
    }
    co_return true;
  }

  Task<Read> read_request() {
    parser_.reset();
    if (buffer_.size() > 0) co_await asio::post(shared_.loop, asio::use_awaitable_t<Executor>{});  // pipelined: the others first
    if (shared_.draining) {
      co_await close(kTls);
      co_return Read::nothing;
    }
    usual_request_ = request_bytes_ == 0 ? 0 : std::min((request_bytes_ / 256 + 1) * 256, kLargestIdle);
    request_bytes_ = 0;
    if (buffer_.size() == 0) {
      if (buffer_.capacity() > kLargestIdle) buffer_.shrink_to_fit();
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
          const auto until = deadline;  // sending 100 must not extend the deadline of the request
          if (!co_await send("HTTP/1.1 100 Continue\r\n\r\n")) co_return Read::nothing;
          deadline = until;
        }
      }
      error_code error;
      co_await receive(error);
      if (expired && phase == Phase::reading) {  // bytes that come without a pause leave no read to cancel
        refusal_ = {.status = 408, .message = "The request did not arrive in time."};
        co_return Read::refused;
      }
      if (error) co_return Read::nothing;
    }
  }

  // Reads more bytes into the buffer. A plain connection waits without a free buffer, or after an answer with a small one, so that ten
  // thousand half-sent requests need little memory. TLS needs the buffer before the read; its size grows with the amount that arrives.
  Task<> receive(error_code& error) {
    if constexpr (kTls) {
      const auto count = co_await stream_.async_read_some(buffer_.prepare(room_), into(error));
      if (!error) buffer_.commit(count);
      if (count == room_) room_ = std::min(room_ * 4, kLargestRead);
    } else {
      if (phase == Phase::idle && usual_request_ > 0) {
        // A read that does not fill its buffer tells Asio that the socket is empty: it waits for the next event without a system call.
        const auto count = co_await socket().async_read_some(buffer_.prepare(usual_request_), into(error));
        if (!error) buffer_.commit(count);
        co_return;
      }
      do {
        co_await socket().async_wait(Socket::wait_read, into(error));
        if (!error) error = take_bytes(socket(), shared_.scratch, buffer_);
      } while (error == asio::error::would_block);
    }
  }

  // Sends the wire's own response to an invalid request and closes: the start of the next request is unknown.
  Task<> refuse() {
    ++shared_.refused;
    enter_until(Phase::answering, kForever);
    Delivery delivery;
    delivery.response = {
        .status = refusal_.status, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = refusal_.message + "\n"};
    const auto plan = plan_send(delivery, {.head_request = parser_.is_head(), .keep_alive = false, .http_1_0 = false});
    if (shared_.options.observer) std::tie(method_, target_) = parser_.request_line();
    const bool sent = co_await send(plan.bytes);
    report({.status = refusal_.status, .bytes_out = plan.bytes.size(), .ending = sent ? "complete" : "lost"});
    if (sent) co_await close(kTls);
  }

  Delivery call_handler() {
    ++shared_.requests;
    continued_ = false;
    head_request_ = parser_.is_head();
    if (shared_.options.observer) std::tie(method_, target_) = parser_.request_line();
    return run_handler([this] { return shared_.handler(std::move(parser_.request()), peer_); });
  }

  static Delivery repeat(const Attempt& attempt) { return run_handler(attempt.repeat); }

  static Delivery run_handler(const auto& handler) {
    try {
      return handler();
    } catch (const std::exception&) {  // a bug of ours; the text of the exception must not reach the network
      Delivery delivery;
      delivery.response.status = 500;
      return delivery;
    }
  }

  // On a thread for slow requests, so that this loop serves its other connections meanwhile.
  Task<> call_handler_apart(Delivery& delivery) {
    enter_until(Phase::answering, kForever);
    bool done = false;  // used on the loop's thread only
    asio::post(shared_.slow, [this, &delivery, &done] {
      Delivery made = call_handler();
      asio::post(shared_.loop, [this, &delivery, &done, made = std::move(made)]() mutable {
        delivery = std::move(made);
        done = true;
        timer_.cancel();
      });
    });
    while (!done) co_await wait_timer(kForever);
  }

  // Nothing is acknowledged before it is stored. The thread that stores settles the receipt.
  Task<> wait_until_stored(Delivery& delivery) {
    enter_until(Phase::answering, kForever);
    while (delivery.stored) {
      co_await wait_until_settled(*delivery.stored);
      const auto outcome = delivery.stored->outcome();
      if (outcome == Receipt::Outcome::stale && delivery.attempt) {
        delivery = repeat(*delivery.attempt);
        continue;
      }
      if (delivery.attempt && delivery.attempt->keep) delivery.attempt->keep();
      if (outcome != Receipt::Outcome::stored)
        delivery = {.response = refuse_unstored(*delivery.stored), .log_entry = std::move(delivery.log_entry)};
      co_return;
    }
  }

  Task<> wait_until_settled(Receipt& receipt) {
    bool done = receipt.is_settled();  // used on the loop's thread only
    if (!done) {
      receipt.when_settled([this, &done] {
        asio::post(shared_.loop, [this, &done] {
          done = true;
          timer_.cancel();
        });
      });
    }
    while (!done) co_await wait_timer(kForever);
  }

  // True: another request may follow.
  Task<bool> deliver(Delivery delivery) {
    enter_until(Phase::answering, kForever);
    Outcome outcome{.log_entry = std::move(delivery.log_entry)};
    if (delivery.delay > 0ms) {
      const bool still_there = co_await pause_until(Clock::now() + delivery.delay);
      if (!still_there) {
        report(outcome);
        co_return false;
      }
    }
    const bool keep_alive = parser_.keep_alive() && !shared_.draining;
    auto plan = plan_send(delivery, {.head_request = head_request_, .keep_alive = keep_alive, .http_1_0 = parser_.http_1_0()});
    if (!plan.bytes.empty() && !delivery.raw) outcome.status = delivery.response.status;
    outcome.bytes_out = plan.bytes.size();
    spare_bodies().keep(std::move(delivery.response.body));  // the plan has its bytes
    delivery.response = {};
    shared_.hold(*this, plan.bytes.size());
    bool sent = false;
    if (delivery.drip)
      sent = co_await drip(plan.bytes, *delivery.drip);
    else
      sent = co_await send(plan.bytes);
    recycle(std::move(plan.bytes));
    shared_.release(*this);
    if (sent && delivery.stream && !head_request_) sent = co_await send_stream(*delivery.stream);
    if (sent) outcome.ending = to_string(delivery.ending);
    report(outcome);
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
          delivery = {};  // a stalled connection needs no memory
          plan = {};
          enter_until(Phase::stalled, kForever);
          co_await pause_until(kForever);
        }
        co_return false;
    }
    co_return false;
  }

  struct Outcome {
    int status = 0;  // 0: no status line was sent
    std::shared_ptr<const AccessLogEntry> log_entry = {};
    std::size_t bytes_out = 0;
    std::string_view ending = "lost";
  };

  void report(const Outcome& outcome) {
    if (!shared_.options.observer) return;
    shared_.options.observer({.peer = peer_,
                              .method = std::move(method_),
                              .target = std::move(target_),
                              .status = outcome.status,
                              .refusal = refusal_.message,
                              .log_entry = outcome.log_entry,
                              .ending = outcome.ending,
                              .bytes_in = request_bytes_,
                              .bytes_out = outcome.bytes_out,
                              .elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_)});
  }

  Task<bool> send(std::string_view bytes) {
    error_code error;
    if constexpr (!kTls) bytes.remove_prefix(send_at_once(socket(), bytes));
    if (bytes.empty()) co_return true;
    deadline = Clock::now() + shared_.options.write_deadline;
    co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), into(error));
    deadline = kForever;
    co_return !error;
  }

  Task<bool> drip(std::string_view bytes, Delivery::Drip how) {
    const auto step = std::max<std::size_t>(how.bytes, 1);
    auto next = Clock::now();
    while (!bytes.empty()) {
      if (!co_await send(bytes.substr(0, step))) co_return false;
      bytes.remove_prefix(std::min(step, bytes.size()));
      if (bytes.empty() || how.every <= 0ms) continue;
      next = std::max(next + how.every, Clock::now());
      if (!co_await pause_until(next)) co_return false;
    }
    co_return true;
  }

  // Sends what comes until the stream ends. False: the client has left, or the wire stops; a stop does not wait for a stream.
  Task<bool> send_stream(BodyStream& stream) {
    phase = Phase::stalled;
    while (!shared_.draining) {
      const auto bytes = stream.take();
      if (!bytes) co_return true;
      if (!bytes->empty() && !co_await send(*bytes)) co_return false;
      if (!co_await pause_until(Clock::now() + kStreamPause)) co_return false;
    }
    co_return false;
  }

  // False: the client has left, or the wire stops. A readable socket is not enough to know: a client that pipelines sends the next
  // request early, and its bytes must stay for the next read.
  Task<bool> pause_until(Clock::time_point until) {
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
      error_code timed, readable;
      timer_.expires_at(until);
      co_await (timer_.async_wait(into(timed)) || socket().async_wait(Socket::wait_read, into(readable)));
      if (aborted_ || interrupted_) co_return false;
      if (Clock::now() >= until) co_return true;
      if (peer_has_left(socket().native_handle())) co_return false;
      co_await wait_timer(std::min(until, Clock::now() + 50ms));
      if (aborted_ || interrupted_ || peer_has_left(socket().native_handle())) co_return false;
    }
  }

  Task<> wait_timer(Clock::time_point until) {
    error_code ignored;
    timer_.expires_at(until);
    co_await timer_.async_wait(into(ignored));
  }

  // Sends FIN, then reads for a while what the client still sends: closing a socket with unread bytes makes the kernel send RST, and
  // the client could lose the response.
  Task<> close(bool close_notify) {
    enter(Phase::lingering, kLinger);
    error_code error;
    if constexpr (kTls) {
      if (close_notify) co_await stream_.async_shutdown(into(error));
    }
    error.clear();
    socket().shutdown(Socket::shutdown_send, error);
    for (std::size_t taken = 0; !error && !interrupted_ && taken < kLingerBytes && !shared_.draining;) {
      buffer_.clear();
      taken += co_await socket().async_read_some(buffer_.prepare(kFirstRead * 16), into(error));
    }
  }

  // Sends RST. That discards the kernel's queue, so it first waits until the bytes of the Delivery have left.
  Task<> reset() {
    const auto until = Clock::now() + 1s;
    while (!aborted_ && has_unsent_bytes(socket().native_handle()) && Clock::now() < until) co_await wait_timer(Clock::now() + 1ms);
    error_code ignored;
    socket().set_option(asio::socket_base::linger(true, 0), ignored);
    socket().close(ignored);
  }

  Sessions& shared_;
  Stream stream_;
  Timer timer_;
  Peer peer_;
  RequestParser parser_;
  boost::beast::flat_buffer buffer_;
  Refusal refusal_;
  std::size_t room_ = kFirstRead;
  std::size_t request_bytes_ = 0;
  Clock::time_point began_{};
  std::string method_, target_;    // for the observer
  std::size_t usual_request_ = 0;  // bytes that the next request probably has, if it is like the last one, and some more; 0: unknown
  bool continued_ = false;
  bool head_request_ = false;
  bool interrupted_ = false;
  bool aborted_ = false;
};

template <class Stream>
void start(Sessions& shared, Stream stream, Peer peer) {
  auto session = std::make_shared<Session<Stream>>(shared, std::move(stream), std::move(peer));
  asio::co_spawn(shared.loop, session->serve(), [session](const std::exception_ptr&) {});
}

}  // namespace

void Sessions::adopt(Descriptor connection, bool ipv6, Peer peer) {
  Socket socket(loop.get_executor());
  error_code error;
  if (!draining) socket.assign(ipv6 ? tcp::v6() : tcp::v4(), connection.get(), error);
  if (draining || error) {
    --open;
    return;
  }
  connection.release();
  socket.non_blocking(true, error);
  socket.set_option(tcp::no_delay(true), error);
  if (tls)
    start(*this, TlsStream(std::move(socket), *tls), std::move(peer));
  else
    start(*this, std::move(socket), std::move(peer));
}

}  // namespace understudy::wire
