// Owns a TCP server on a free port of the loopback that answers requests with scripted bytes and endings, as no HTTP library
// would. It reads requests by Content-Length and serves one connection at a time.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "conformance/target/url.h"

namespace understudy::test {

struct Script {
  enum class Then { keep, close, reset, stall };  // stall: nothing more, until the client leaves
  std::string bytes;
  Then then = Then::keep;
};

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> scripts);  // one for each request, in order; then it closes
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  Url url() const { return {.scheme = "http", .host = "127.0.0.1", .port = port_}; }
  std::vector<std::string> requests() const;  // as they came
  std::size_t connections() const { return connections_; }

 private:
  void serve();
  bool serve_connection(int connection);  // false: no scripts are left

  std::vector<Script> scripts_;
  std::size_t next_ = 0;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace understudy::test
