// Makes exchanges inside one thread without sockets, for tools that count instructions. usage:
//   understudy_exchanges [--exchanges N] [--records N] [--tenants N] NAME...
//   understudy_exchanges --about       compiler and C library, as JSON
// Under callgrind with --instr-atstart=no, each NAME ends with a dump of that name, which covers N exchanges after a warm-up; the name
// "start of the mock" covers the reading of the contracts and the making of the mock instead. --records and
// --tenants: so many are there before. The program has the allocator of the C library, so that counts do not depend on another one.
#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION static_cast<void>(0)
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name)
#endif

#include "bench/workload.h"
#include "contracts/src/load/load.h"
#include "mock/mock.h"

namespace understudy::bench {
namespace {

constexpr std::size_t kWarmUp = 200;
constexpr std::string_view kStart = "start of the mock";

int add_tenant(Mock& mock, const std::string& name) {
  Request request{.method = "PUT", .target = "/__admin/tenants/" + name, .headers = {{"Host", "localhost"}}, .body = "{}"};
  return mock.handle(std::move(request), {.loopback = true, .admin = true}).response.status;
}

struct Arguments {
  std::size_t exchanges = 400, records = 0, tenants = 0;
  std::vector<std::string> names;
};

// Makes the exchanges of one workload. `false`: a response was not as expected, and was printed.
struct Driver {
  Mock& mock;
  const Workload& workload;
  const Prepared& prepared;
  std::size_t& turn;

  bool send(Request&& request) const {
    Delivery delivery = mock.handle(std::move(request));
    if (delivery.response.status == workload.status) {
      spare_bodies().keep(std::move(delivery.response.body));  // as the wire does
      return true;
    }
    fmt::print(stderr, "{}: expected {}, got {}: {}\n", workload.name, workload.status, delivery.response.status, delivery.response.body);
    return false;
  }

  bool make(std::size_t exchanges) const {
    bool expected = true;
    for (std::size_t i = 0; i < exchanges && expected; ++i) expected = send(workload.make(++turn, prepared));
    return expected;
  }

  bool count(std::size_t exchanges) const {
    std::vector<Request> requests;
    for (std::size_t i = 0; i < exchanges; ++i) requests.push_back(workload.make(++turn, prepared));
    bool expected = true;
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    for (std::size_t i = 0; i < exchanges && expected; ++i) expected = send(std::move(requests[i]));
    CALLGRIND_DUMP_STATS_AT(workload.name.c_str());
    CALLGRIND_STOP_INSTRUMENTATION;
    return expected;
  }
};

bool read_arguments(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    std::size_t* number = word == "--exchanges" ? &arguments.exchanges
                          : word == "--records" ? &arguments.records
                          : word == "--tenants" ? &arguments.tenants
                                                : nullptr;
    if (!number) {
      arguments.names.emplace_back(word);
    } else if (++i < count) {
      const std::string_view text = words[i];
      if (std::from_chars(text.data(), text.data() + text.size(), *number).ec != std::errc()) return false;
    }
  }
  return !arguments.names.empty();
}

int run(const Arguments& arguments) {
  const bool counts_start = std::ranges::find(arguments.names, kStart) != arguments.names.end();
  if (counts_start) CALLGRIND_START_INSTRUMENTATION;
  const auto contracts = load_contracts(bundled_files());
  if (!contracts) {
    fmt::print(stderr, "{}\n", render_problem(contracts.error()));
    return 1;
  }
  // The filling makes one order and one product for each of the records.
  Mock mock(*contracts, {.demo = true, .rate_limits = false, .bounds = {.records = 2 * arguments.records + 100'000}});
  if (counts_start) {
    CALLGRIND_DUMP_STATS_AT(kStart.data());
    CALLGRIND_STOP_INSTRUMENTATION;
  }
  const Prepared prepared = prepare(mock);
  const auto all = workloads();
  std::size_t turn = 0;
  const auto driver = [&](std::string_view name) -> std::optional<Driver> {
    const auto workload = std::ranges::find(all, name, &Workload::name);
    if (workload != all.end()) return Driver{mock, *workload, prepared, turn};
    fmt::print(stderr, "no workload '{}'\n", name);
    return std::nullopt;
  };
  for (const char* name : {"sellercloud.createOrder", "sellercloud.createProduct"}) {
    const auto filler = driver(name);
    if (!filler || !filler->make(arguments.records)) return 1;
  }
  for (std::size_t i = 0; i < arguments.tenants; ++i) {
    if (const int status = add_tenant(mock, fmt::format("tenant-{}", i)); status != 200 && status != 201) {
      fmt::print(stderr, "a tenant was refused with {}\n", status);
      return 1;
    }
  }
  for (const std::string& name : arguments.names) {
    if (name == kStart) continue;
    const auto measured = driver(name);
    if (!measured || !measured->make(kWarmUp) || !measured->count(arguments.exchanges)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace understudy::bench

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "--about") {
    fmt::print("{{\"compiler\": \"{}\", \"libc\": \"{}\"}}\n", __VERSION__, gnu_get_libc_version());
    return 0;
  }
  understudy::bench::Arguments arguments;
  if (understudy::bench::read_arguments(count, words, arguments)) return understudy::bench::run(arguments);
  fmt::print(stderr, "usage: understudy_exchanges [--exchanges N] [--records N] [--tenants N] NAME...\n");
  return 2;
}
