#include "tests/support/net/forward_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace understudy::test {
namespace {

constexpr int kTimeout = 10'000;  // milliseconds

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string read_head(int socket) {
  std::string head;
  std::array<char, 4096> buffer;
  while (head.find("\r\n\r\n") == std::string::npos) {
    pollfd one{.fd = socket, .events = POLLIN, .revents = 0};
    if (::poll(&one, 1, kTimeout) <= 0) return {};
    const auto count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) return {};
    head.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return head;
}

// host:port of this machine.
int connect_to(std::string_view authority) {
  const auto colon = authority.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(std::string(authority.substr(colon + 1)))));
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

void pump(int left, int right) {
  std::array<char, 16384> buffer;
  while (true) {
    std::array<pollfd, 2> both{pollfd{.fd = left, .events = POLLIN, .revents = 0}, pollfd{.fd = right, .events = POLLIN, .revents = 0}};
    if (::poll(both.data(), both.size(), kTimeout) <= 0) return;
    for (std::size_t i = 0; i < both.size(); ++i) {
      if (both[i].revents == 0) continue;
      const auto count = ::recv(both[i].fd, buffer.data(), buffer.size(), 0);
      if (count <= 0 || !send_all(both[1 - i].fd, {buffer.data(), static_cast<std::size_t>(count)})) return;
    }
  }
}

}  // namespace

ForwardProxy::ForwardProxy(std::string refuses_with) : refuses_with_(std::move(refuses_with)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 16);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ForwardProxy::~ForwardProxy() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  for (auto& connection : connections_) connection.join();
  ::close(listener_);
}

std::vector<std::string> ForwardProxy::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

void ForwardProxy::serve() {
  for (int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); client >= 0;
       client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) {
    connections_.emplace_back([this, client] {
      serve_connection(client);
      ::close(client);
    });
  }
}

void ForwardProxy::serve_connection(int client) {
  auto head = read_head(client);
  if (head.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    heads_.push_back(head);
  }
  if (!refuses_with_.empty()) {
    send_all(client, "HTTP/1.1 " + refuses_with_ + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return;
  }
  const auto blank = head.find(' ');
  const bool is_tunnel = head.starts_with("CONNECT ");
  const auto start = is_tunnel ? blank + 1 : head.find("://") + 3;
  const auto end = head.find(is_tunnel ? ' ' : '/', start);
  const int server = connect_to(std::string_view(head).substr(start, end - start));
  if (server < 0) return;
  if (is_tunnel) {
    send_all(client, "HTTP/1.1 200 Connection Established\r\nProxy-Agent: test\r\n\r\n");
  } else {
    head = head.substr(0, blank + 1) + head.substr(end);
    head.insert(head.find("\r\n") + 2, "Connection: close\r\n");
    send_all(server, head);
  }
  pump(client, server);
  ::close(server);
}

}  // namespace understudy::test
