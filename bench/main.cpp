#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/measure.h"

int main(int count, char** arguments) {
  using namespace understudy::bench;
  const std::string_view command = count > 1 ? arguments[1] : "";
  if (command == "engine") return measure_engine();
  if (command == "exchanges" && count > 3) return run_exchanges(arguments[2], static_cast<std::size_t>(std::atoi(arguments[3])));
  if (command == "start" && count > 2) return measure_start(arguments[2], count > 3 ? std::atoi(arguments[3]) : 11);
  if (command == "free-port") return print_free_port();
  std::fprintf(stderr, "usage: understudy_bench engine | exchanges NAME COUNT | start BINARY [STARTS] | free-port\n");
  return 2;
}
