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
#include <thread>

#include "bench/measure.h"

namespace understudy::bench {
namespace {

using Steady = std::chrono::steady_clock;

bool ask_once(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  constexpr std::string_view kRequest = "GET /products HTTP/1.1\r\nHost: x\r\n\r\n";
  char first = 0;
  const bool answered = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                        ::send(socket, kRequest.data(), kRequest.size(), 0) == static_cast<ssize_t>(kRequest.size()) &&
                        ::recv(socket, &first, 1, 0) == 1;
  ::close(socket);
  return answered;
}

// Negative: no response came within ten seconds.
double time_start(std::vector<char*>& argv, std::uint16_t port) {
  constexpr auto kLongest = std::chrono::seconds(10);
  constexpr auto kPause = std::chrono::microseconds(50);
  const auto start = Steady::now();
  pid_t child = 0;
  if (::posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), ::environ) != 0) return -1;
  bool answered = false;
  while (!answered && Steady::now() - start < kLongest && ::waitpid(child, nullptr, WNOHANG) == 0) {
    answered = ask_once(port);
    if (!answered) std::this_thread::sleep_for(kPause);
  }
  const double elapsed = std::chrono::duration<double, std::milli>(Steady::now() - start).count();
  ::kill(child, SIGTERM);
  ::waitpid(child, nullptr, 0);
  return answered ? elapsed : -1;
}

}  // namespace

int measure_start(int starts, std::uint16_t port, std::vector<char*> command) {
  std::vector<double> times;
  command.push_back(nullptr);
  for (int i = 0; i < starts; ++i) {
    const double elapsed = time_start(command, port);
    if (elapsed < 0) {
      fmt::print(stderr, "{} did not answer\n", command[0]);
      return 1;
    }
    times.push_back(elapsed);
  }
  std::sort(times.begin(), times.end());
  fmt::print("{:.1f} {:.1f} {:.1f}\n", times.front(), times[times.size() / 2], times.back());
  return 0;
}

}  // namespace understudy::bench
