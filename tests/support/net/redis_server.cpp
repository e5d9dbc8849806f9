#include "tests/support/net/redis_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mock/storage/redis/connection.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"

namespace understudy::test {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer() {
  INFO("redis-server is at " << kProgram << " (Debian: redis-server)");
  REQUIRE(::access(kProgram, X_OK) == 0);
  address_ = {.host = "127.0.0.1", .port = free_port()};
  start();
}

void RedisServer::stop() { process_.reset(); }

void RedisServer::start() {
  process_ = std::make_unique<Process>(
      kProgram, std::vector<std::string>{"--port", std::to_string(address_.port), "--bind", "127.0.0.1", "--dir", folder_.path(),
                                         "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--logfile", folder_.path("log")});
  REQUIRE(eventually([this] { return redis::Connection::open(address_).has_value(); }));
}

}  // namespace understudy::test
