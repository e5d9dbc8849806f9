#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "bench/measure.h"

namespace understudy::bench {
namespace {

using Steady = std::chrono::steady_clock;

int loopback_socket(std::uint16_t port, sockaddr_in& address) {
  address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

// Reads "http://127.0.0.1:PORT\n" of --print-url; 0 if it does not come.
std::uint16_t read_port(int pipe) {
  std::string url;
  for (char c = 0; ::read(pipe, &c, 1) == 1 && c != '\n';) url += c;
  const auto colon = url.rfind(':');
  return colon == std::string::npos ? std::uint16_t{0} : static_cast<std::uint16_t>(std::atoi(url.c_str() + colon + 1));
}

bool ask_once(std::uint16_t port) {
  sockaddr_in address{};
  const int socket = loopback_socket(port, address);
  constexpr std::string_view kRequest = "GET /products HTTP/1.1\r\nHost: x\r\n\r\n";
  char first = 0;
  const bool answered = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                        ::send(socket, kRequest.data(), kRequest.size(), 0) == static_cast<ssize_t>(kRequest.size()) &&
                        ::recv(socket, &first, 1, 0) == 1;
  ::close(socket);
  return answered;
}

// Negative: no response came.
double time_start(const std::string& binary) {
  int pipe[2];
  if (::pipe(pipe) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe[0]);
  std::string arguments[] = {binary, "serve", "-p", "0", "--print-url"};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  const auto start = Steady::now();
  pid_t child = 0;
  const int error = ::posix_spawn(&child, binary.c_str(), &actions, nullptr, argv.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  const std::uint16_t port = error == 0 ? read_port(pipe[0]) : std::uint16_t{0};
  const bool answered = port != 0 && ask_once(port);
  const double elapsed = std::chrono::duration<double, std::milli>(Steady::now() - start).count();
  ::close(pipe[0]);
  if (error == 0) {
    ::kill(child, SIGTERM);
    ::waitpid(child, nullptr, 0);
  }
  return answered ? elapsed : -1;
}

}  // namespace

int measure_start(const std::string& binary, int starts) {
  std::vector<double> times;
  for (int i = 0; i < starts; ++i) {
    const double elapsed = time_start(binary);
    if (elapsed < 0) {
      fmt::print(stderr, "{} serve did not answer\n", binary);
      return 1;
    }
    times.push_back(elapsed);
  }
  std::sort(times.begin(), times.end());
  fmt::print("{:.1f} {:.1f} {:.1f}\n", times.front(), times[times.size() / 2], times.back());
  return 0;
}

int print_free_port() {
  sockaddr_in address{};
  const int socket = loopback_socket(0, address);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (bound) fmt::print("{}\n", ntohs(address.sin_port));
  return bound ? 0 : 1;
}

}  // namespace understudy::bench
