// The connections of one event loop: each is one coroutine that reads requests, calls the handler and sends Deliveries.
// wire.cpp listens and owns the threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "mock/wire/socket.h"
#include "mock/wire/wire.h"

namespace boost::asio {
class io_context;
class thread_pool;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace understudy {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;  // null: plain TCP
Result<TlsContext> load_tls(const WireOptions& options);

class Sessions {
 public:
  // The loop, options, handler and the threads for slow requests must outlive this object.
  Sessions(boost::asio::io_context& loop, boost::asio::thread_pool& slow, const WireOptions& options, const WireHandler& handler,
           TlsContext tls);
  ~Sessions();

  // Any thread: counts a connection as open before adopt() runs for it.
  void announce();
  // On the loop's thread: takes over an announced connection.
  void adopt(Descriptor connection, bool ipv6, Peer peer);
  // On the loop's thread: ends connections without an answer in flight now, the others when they finish, all after options.drain.
  void drain();

  WireCounters counters() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
