// Owns the connections of one event loop: each is one coroutine that reads requests, asks the handler and sends Deliveries.
// Listening and threads are mock/wire/wire.cpp's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "mock/wire/socket.h"
#include "mock/wire/wire.h"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace understudy {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;  // null: plain TCP
Result<TlsContext> load_tls(const WireOptions& options);

class Sessions {
 public:
  // What is referred to outlives the loop's run.
  Sessions(boost::asio::io_context& loop, const WireOptions& options, const WireHandler& handler, TlsContext tls);
  ~Sessions();

  // Any thread: a connection is on its way, and counts as open from now.
  void announce();
  // On the loop's thread: takes over a connection that was announced.
  void adopt(Descriptor connection, bool ipv6, Peer peer);
  // On the loop's thread: ends connections without an answer in flight, the others as they finish, all after options.drain.
  void drain();

  WireCounters counters() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
