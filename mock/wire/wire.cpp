#include "mock/wire/wire.h"

#include <fmt/format.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "mock/wire/session.h"

namespace understudy {
namespace {

using namespace wire;

using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr auto kAcceptAgain = 50ms;

tl::unexpected<Problem> unusable(const std::string& file, std::string message) {
  return tl::unexpected(make_problem(Failure::bad_file, "bad-certificate", std::move(message), Place{.file = file}));
}

Result<TlsContext> load_tls(const WireOptions& options) {
  const auto &certificate_file = options.tls_certificate, &key_file = options.tls_key;
  const bool from_texts = !options.tls_certificate_text.empty();
  if (certificate_file.empty() && key_file.empty() && !from_texts) return nullptr;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1 | ssl::context::single_dh_use);
  error_code error;
  context->set_password_callback([](auto...) { return std::string(); }, error);  // never asks at the terminal
  if (from_texts) {
    context->use_certificate_chain(asio::buffer(options.tls_certificate_text), error);
    if (!error) context->use_private_key(asio::buffer(options.tls_key_text), ssl::context::pem, error);
    if (error) return unusable("", fmt::format("the certificate made for this server is not usable: {}", error.message()));
    return context;
  }
  if (certificate_file.empty() || key_file.empty())
    return unusable(certificate_file + key_file, "found only a certificate or only a key, expected both");
  for (const auto& file : {certificate_file, key_file}) {
    if (!std::ifstream(file).good()) return unusable(file, "this file cannot be read");
  }
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return unusable(certificate_file, fmt::format("this is not a PEM certificate chain: {}", error.message()));
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return unusable(key_file, fmt::format("this is not the PEM key of the certificate: {}", error.message()));
  return context;
}

}  // namespace

struct Wire::Impl {
  struct Thread {
    Thread(Impl& wire, const TlsContext& tls)
        : sessions{loop, *wire.slow, wire.options, wire.handler, tls, wire.answers}, stay(loop.get_executor()) {}
    ~Thread() {
      if (!thread.joinable()) return;
      loop.stop();
      thread.join();
    }

    asio::io_context loop{1};
    Sessions sessions;
    std::optional<asio::executor_work_guard<Executor>> stay;
    std::thread thread;
  };

  Impl(WireOptions with_options, WireHandler with_handler, Listener listener, const TlsContext& tls)
      : options(std::move(with_options)), handler(std::move(with_handler)), ipv6(listener.ipv6), port(listener.port) {
    slow.emplace(options.is_slow ? options.slow_threads : 0);
    for (int i = 0; i < std::max(options.threads, 1); ++i) threads.push_back(std::make_unique<Thread>(*this, tls));
    auto& first = threads.front()->loop;
    acceptor.emplace(first.get_executor());
    acceptor->assign(ipv6 ? tcp::v6() : tcp::v4(), listener.descriptor.release());
    accept_again.emplace(first.get_executor());
    asio::co_spawn(first, accept(), asio::detached);
    for (auto& each : threads) each->thread = std::thread([&loop = each->loop] { loop.run(); });
  }

  // Runs on the first thread until the acceptor is closed.
  Task<> accept() {
    while (acceptor->is_open()) {
      error_code error;
      co_await acceptor->async_wait(Acceptor::wait_read, into(error));
      if (accept_waiting() || !acceptor->is_open()) continue;
      // Out of descriptors: the queue stays readable, so this loop needs a pause.
      accept_again->expires_after(kAcceptAgain);
      co_await accept_again->async_wait(into(error));
    }
  }

  // False: out of descriptors or memory; the waiting connections stay in the queue.
  bool accept_waiting() {
    for (;;) {
      auto accepted = accept_from(acceptor->native_handle(), port);
      if (accepted.outcome != Accepted::Outcome::connection) return accepted.outcome == Accepted::Outcome::none_waiting;
      assign_thread(std::move(accepted.connection), std::move(accepted.peer));
    }
  }

  // Passes it to the thread with the fewest connections; SO_REUSEPORT would distribute by a hash, not evenly.
  void assign_thread(Descriptor connection, Peer peer) {
    peer.connection = ++connections;
    auto& thread = **std::ranges::min_element(threads, {}, [](const auto& each) { return each->sessions.open.load(); });
    ++thread.sessions.open;
    ++thread.sessions.accepted;
    asio::dispatch(thread.loop, [this, &thread, connection = std::move(connection), peer = std::move(peer)]() mutable {
      thread.sessions.adopt(std::move(connection), ipv6, std::move(peer));
    });
  }

  void shed_answers() {
    for (auto& thread : threads) asio::post(thread->loop, [&thread = *thread] { thread.sessions.shed(); });
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
    slow->join();
  }

  const WireOptions options;
  const WireHandler handler;
  const bool ipv6;
  const std::uint16_t port;
  UnsentAnswers answers{.limit = options.unsent_limit, .call_all = [this] { shed_answers(); }};
  std::optional<asio::thread_pool> slow;  // no threads without WireOptions::is_slow
  std::vector<std::unique_ptr<Thread>> threads;
  std::uint64_t connections = 0;  // used by the accepting thread only
  std::optional<Acceptor> acceptor;
  std::optional<Timer> accept_again;
  std::mutex stopping;
  bool stopped = false;
};

Wire::Wire(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Wire::~Wire() { stop(); }

Result<std::unique_ptr<Wire>> Wire::open(WireOptions options, WireHandler handler) {
  auto tls = load_tls(options);
  if (!tls) return tl::unexpected(std::move(tls).error());
  auto listener = listen_on(options.host, options.port);
  if (!listener) return tl::unexpected(std::move(listener).error());
  const auto name = fmt::format("{}:{}", options.host, listener->port);
  try {
    return std::unique_ptr<Wire>(new Wire(std::make_unique<Impl>(std::move(options), std::move(handler), *std::move(listener), *tls)));
  } catch (const std::runtime_error& error) {  // from Asio: there is no descriptor or no thread left
    return tl::unexpected(make_problem(Failure::usage, "cannot-listen", fmt::format("cannot listen on {}: {}", name, error.what())));
  }
}

std::uint16_t Wire::port() const { return impl_->port; }

WireCounters Wire::counters() const {
  WireCounters sum;
  for (const auto& thread : impl_->threads) {
    const auto& sessions = thread->sessions;
    sum.open += sessions.open;
    sum.accepted += sessions.accepted;
    sum.requests += sessions.requests;
    sum.refused += sessions.refused;
  }
  sum.unsent = impl_->answers.bytes;
  sum.shed = impl_->answers.shed;
  return sum;
}

void Wire::stop() { impl_->stop(); }

}  // namespace understudy
