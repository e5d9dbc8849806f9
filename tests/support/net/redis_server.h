// A real redis-server on a free port, with its data in a temporary folder; it ends with the test.
#pragma once

#include <memory>

#include "mock/storage/redis/address.h"
#include "tests/support/net/process.h"

namespace understudy::test {

class RedisServer {
 public:
  RedisServer();

  const redis::Address& address() const { return address_; }
  std::string url() const { return "redis://" + address_.text(); }
  void stop();   // kill -9
  void start();  // with the data it had

 private:
  Folder folder_;
  redis::Address address_;
  std::unique_ptr<Process> process_;
};

}  // namespace understudy::test
