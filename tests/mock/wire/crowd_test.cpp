// What many connections that want nothing cost: no thread, and little memory, of a served mock in a process of its own.
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/support/catch.h"
#include "tests/support/net/served.h"
#include "tests/support/net/tls_socket.h"

using namespace understudy;
using namespace understudy::test;
using namespace std::chrono_literals;

namespace {

// UNDERSTUDY_CROWD=10000 asks for another size; the numbers in docs/wire.md are of such runs.
const std::size_t kCrowd = [] {
  const char* wanted = std::getenv("UNDERSTUDY_CROWD");
  return wanted != nullptr ? static_cast<std::size_t>(std::strtoul(wanted, nullptr, 10)) : std::size_t{1000};
}();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kSanitizers = 8;  // what they lay around each piece of memory
#else
constexpr std::size_t kSanitizers = 1;
#endif

// "VmRSS", "Threads" of /proc/PID/status: kilobytes, a count.
std::size_t status_of(const Served& served, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(served.id()) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return static_cast<std::size_t>(std::stoul(line.substr(name.size() + 1)));
  return 0;
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t descriptors_of(const Served& served) {
  const std::filesystem::directory_iterator open("/proc/" + std::to_string(served.id()) + "/fd");
  return static_cast<std::size_t>(std::distance(open, {}));
}

struct Cost {
  std::size_t threads_before, threads, bytes_each;
};

// What `come` brings, kCrowd times, costs the server. The first few warm it up.
template <class Client>
Cost measure(const Served& served, std::vector<Client>& clients, const std::function<void(std::vector<Client>&)>& come) {
  for (int i = 0; i < 50; ++i) come(clients);
  const auto descriptors = descriptors_of(served);
  const auto threads = status_of(served, "Threads");
  const auto before = status_of(served, "VmRSS");
  for (std::size_t i = 0; i < kCrowd; ++i) come(clients);
  REQUIRE(eventually([&] { return descriptors_of(served) >= descriptors + kCrowd; }));
  const auto after = status_of(served, "VmRSS");
  return {
      .threads_before = threads, .threads = status_of(served, "Threads"), .bytes_each = (std::max(after, before) - before) * 1024 / kCrowd};
}

}  // namespace

TEST_CASE("connections that want nothing cost no thread and less than 20 kB each", "[wire][crowd]") {
  struct Row {
    const char* why;
    std::string said;
    bool is_answered;
  };
  const std::string head = "POST /veeqo/products HTTP/1.1\r\nHost: localhost\r\nx-api-key: quiet\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"idle from the first moment", "", false},
      {"idle after an answer", "GET /veeqo/orders HTTP/1.1\r\nHost: localhost\r\n\r\n", true},
      {"half a head", head + "X-Half: ", false},
      {"half a body", head + "Content-Length: 100000\r\n\r\n{\"product\":", false},
      {"an answer that stalls", "GET /veeqo/products HTTP/1.1\r\nHost: localhost\r\nx-api-key: quiet\r\n\r\n", false},
  }));
  INFO(row.why);
  raise_descriptor_limit();
  const Folder folder;
  folder.write(
      "quiet.yaml",
      "understudy: 1\nscenario: Quiet\napi: veeqo\ngiven: { faults: [{ on: listProducts, every: 1, phase: after_commit, kind: stall }] }\n"
      "steps: [{ send: listProducts, expect: { transport: timeout } }]\n");
  const Served served({folder.path("quiet.yaml"), "--request-timeout", "120s"});
  std::vector<RawSocket> clients;

  const auto cost = measure<RawSocket>(served, clients, [&](auto& all) {
    all.emplace_back(served.port(), 60s);
    all.back().send(row.said);
    if (row.is_answered) all.back().read_response();
  });

  WARN(row.why << ": " << cost.bytes_each << " bytes each, " << cost.threads << " threads");
  CHECK(cost.threads == cost.threads_before);
  CHECK(cost.bytes_each < 20000 * kSanitizers);
  CHECK(served.get("/__admin/health").starts_with("HTTP/1.1 200"));
}

TEST_CASE("idle HTTPS connections cost no thread", "[wire][crowd][tls]") {
  raise_descriptor_limit();
  const Served served({"--tls-self-signed"});
  std::vector<TlsSocket> clients;

  const auto cost = measure<TlsSocket>(served, clients, [&](auto& all) {
    all.emplace_back(served.port());
    REQUIRE(all.back().connected());
  });

  WARN("idle over HTTPS: " << cost.bytes_each << " bytes each, " << cost.threads << " threads");
  CHECK(cost.threads == cost.threads_before);
  CHECK(cost.bytes_each < 150000 * kSanitizers);
}
