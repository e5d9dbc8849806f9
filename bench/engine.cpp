#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "bench/measure.h"
#include "bench/workload.h"
#include "contracts/src/load/load.h"
#include "mock/mock.h"

namespace understudy::bench {
namespace {

constexpr std::size_t kWarmUp = 200;
constexpr std::size_t kExchanges = 4000;
constexpr int kRounds = 3;  // the best counts, because other programs only add time

double cpu_microseconds() { return static_cast<double>(std::clock()) * 1e6 / CLOCKS_PER_SEC; }

// nullopt: a response was not as expected, and was printed.
std::optional<double> time_round(Mock& mock, const Workload& workload, const Prepared& prepared, std::size_t& turn) {
  std::vector<Request> requests;
  for (std::size_t i = 0; i < kExchanges; ++i) requests.push_back(workload.make(++turn, prepared));
  const double start = cpu_microseconds();
  for (const Request& request : requests) {
    const Delivery delivery = mock.handle(request);
    if (delivery.response.status == workload.status) continue;
    fmt::print(stderr, "{}: expected {}, got {}: {}\n", workload.name, workload.status, delivery.response.status, delivery.response.body);
    return std::nullopt;
  }
  return (cpu_microseconds() - start) / static_cast<double>(kExchanges);
}

}  // namespace

int measure_engine() {
  const auto contracts = load_contracts(bundled_files());
  if (!contracts) {
    fmt::print(stderr, "{}\n", render_problem(contracts.error()));
    return 1;
  }
  int failed = 0;
  for (const Workload& workload : workloads()) {
    double best = 0;
    for (int round = 0; round < kRounds; ++round) {
      // a new mock, so that each round starts with a store of the same size
      Mock mock(*contracts, {.demo = true, .rate_limits = false});
      const Prepared prepared = prepare(mock);
      std::size_t turn = 0;
      for (std::size_t i = 0; i < kWarmUp; ++i) mock.handle(workload.make(++turn, prepared));
      const auto cost = time_round(mock, workload, prepared, turn);
      if (!cost) {
        failed = 1;
        break;
      }
      best = round == 0 ? *cost : std::min(best, *cost);
    }
    if (best > 0) fmt::print("{:<34}{:>8.1f}\n", workload.name, best);
  }
  return failed;
}

}  // namespace understudy::bench
