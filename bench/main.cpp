#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/measure.h"

int main(int count, char** arguments) {
  using namespace understudy::bench;
  const std::string_view command = count > 1 ? arguments[1] : "";
  if (command == "engine") return measure_engine();
  if (command == "start" && count > 4)
    return measure_start(std::atoi(arguments[2]), static_cast<std::uint16_t>(std::atoi(arguments[3])), {arguments + 4, arguments + count});
  std::fprintf(stderr, "usage: understudy_bench engine | start STARTS PORT COMMAND...\n");
  return 2;
}
