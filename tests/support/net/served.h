// Owns a running `understudy serve` on a free port, as a process of its own; it never outlives the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/net/process.h"
#include "tests/support/net/raw_socket.h"

namespace understudy::test {

class Served {
 public:
  // `program`: the release binary where serving itself is not tested.
  explicit Served(std::vector<std::string> arguments, const std::string& program = understudy_binary());

  const std::string& url() const { return url_; }
  std::uint16_t port() const { return port_; }
  pid_t id() const { return process_.id(); }
  void send(int signal) const { process_.send(signal); }
  Ended wait() { return process_.wait(); }
  Ended stop();  // SIGTERM, and its end

  // The whole answer to a GET over plain HTTP.
  std::string get(const std::string& target, const std::string& headers = "") const;

 private:
  Process process_;
  std::string url_;
  std::uint16_t port_ = 0;
};

}  // namespace understudy::test
