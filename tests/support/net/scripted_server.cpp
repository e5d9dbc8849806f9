#include "tests/support/net/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "contracts/src/base/http.h"
#include "tests/support/catch.h"

namespace understudy::test {
namespace {

// How long the whole request in front of the text is; 0: not whole yet.
std::size_t find_request_end(const std::string& text) {
  const auto blank = text.find("\r\n\r\n");
  if (blank == std::string::npos) return 0;
  const auto lower = to_lower(text.substr(0, blank));
  const auto at = lower.find("\r\ncontent-length:");
  const std::size_t length = at == std::string::npos ? 0 : std::stoul(lower.substr(at + 17));
  return text.size() >= blank + 4 + length ? blank + 4 + length : 0;
}

}  // namespace

ScriptedServer::ScriptedServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener_, 16) == 0);
  REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<std::string> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedServer::serve() {
  for (int connection = ::accept(listener_, nullptr, nullptr); connection >= 0; connection = ::accept(listener_, nullptr, nullptr)) {
    ++connections_;
    serve_connection(connection);
    ::close(connection);
  }
}

bool ScriptedServer::serve_connection(int connection) {
  // A client that keeps its connection must not keep the test.
  const timeval timeout{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  std::string text;
  char buffer[4096];
  while (next_ < scripts_.size()) {
    const auto end = find_request_end(text);
    if (end == 0) {
      const auto count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return true;
      text.append(buffer, static_cast<std::size_t>(count));
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(text.substr(0, end));
    }
    text.erase(0, end);
    const auto& script = scripts_[next_++];
    ::send(connection, script.bytes.data(), script.bytes.size(), MSG_NOSIGNAL);
    if (script.then == Script::Then::close) return true;
    if (script.then == Script::Then::stall) {
      while (::recv(connection, buffer, sizeof buffer, 0) > 0) {
      }
      return true;
    }
    if (script.then == Script::Then::reset) {
      const linger now{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      return true;
    }
  }
  return false;
}

}  // namespace understudy::test
