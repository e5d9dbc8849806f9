// Owns a forward proxy on a free port of the loopback, as small as one can be: tunnels (CONNECT) and plain requests with a whole
// URL, one request a connection. It tells who asked for what.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace understudy::test {

class ForwardProxy {
 public:
  explicit ForwardProxy(std::string refuses_with = "");  // a status line such as "403 Forbidden" for whatever is asked
  ~ForwardProxy();
  ForwardProxy(const ForwardProxy&) = delete;
  ForwardProxy& operator=(const ForwardProxy&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> heads() const;  // as they came

 private:
  void serve();
  void serve_connection(int client);

  std::string refuses_with_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::vector<std::thread> connections_;
  std::thread thread_;
};

}  // namespace understudy::test
