// Does long work inside one thread without sockets, for tools that count instructions. usage:
//   understudy_long_work SIZE NAME...
// Under callgrind with --instr-atstart=no, each NAME ends with a dump of that name, which covers the work and not what prepares it. The
// work of twice the SIZE has twice the input. Without a NAME it prints all names.
#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <sstream>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name)
#endif

#include "bench/workload.h"
#include "conformance/report/report.h"
#include "conformance/run/suite.h"
#include "contracts/src/load/load.h"

namespace understudy::bench {
namespace {

using Work = std::function<bool()>;  // false: it failed
// What is done with an input of this size, after its preparation.
using Preparation = std::function<Work(const Contracts& contracts, std::size_t size)>;

constexpr const char* kScenario = R"(understudy: 1
scenario: a large response
api: veeqo
steps: [{ send: listProducts, expect: { status: 200, body: [{ id: 1 }] } }]
)";

// Answers each request with the same body.
class SameAnswer : public Transport {
 public:
  explicit SameAnswer(const std::string& body) : body_(body) {}
  TransportResult send(const Url&, const Request&, const SendOptions&) override {
    return {.response = {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body_}};
  }

 private:
  const std::string& body_;
};

// A run with all reports against a server with this answer.
Work verify(const Contracts& contracts, std::string body) {
  return [&contracts, body = std::move(body)] {
    const auto file = parse_scenario(kScenario, "large.yaml");
    if (!file) return false;
    Target target;
    target.name = "http://127.0.0.1:9";
    target.base = Url{.scheme = "http", .host = "127.0.0.1", .port = 9};
    SuiteOptions options;
    options.profiles = {Profile{}};
    options.operations = {"veeqo.listProducts"};
    options.make_transport = [&body] { return std::make_unique<SameAnswer>(body); };
    const auto runs = plan_runs({&*file}, contracts, options);
    if (!runs) return false;
    std::ostringstream text, json, junit, html;
    const std::unique_ptr<Reporter> all[] = {make_text_reporter(text, {.every_scenario = true, .notes = true}), make_json_reporter(json),
                                             make_junit_reporter(junit), make_html_reporter(html)};
    std::vector<Reporter*> reporters;
    for (const auto& reporter : all) reporters.push_back(reporter.get());
    const RunContext context{.contracts = contracts, .target = target};
    const auto summary = run_suite(*runs, context, options, reporters);
    const bool good = summary.counts.passed + summary.counts.failed == 1 && json.str().size() > body.size() / 4;
    if (!good) fmt::print(stderr, "{}\n", text.str().substr(0, 2000));
    return good;
  };
}

std::string repeat(std::string_view open, std::string_view close, std::size_t times, const std::function<std::string(std::size_t)>& part) {
  std::string text(open);
  for (std::size_t i = 0; i < times; ++i) text += (i == 0 ? "" : ",") + part(i);
  return text + std::string(close);
}

Request admin(std::string method, std::string path, std::string body = "") {
  return {.method = std::move(method),
          .target = "/__admin" + std::move(path),
          .headers = {{"Host", "localhost"}, {"Content-Type", "application/json"}},
          .body = std::move(body)};
}

std::shared_ptr<Mock> open_mock(const Contracts& contracts) {
  return std::make_shared<Mock>(contracts, MockOptions{.rate_limits = false,
                                                       .journal_entries = 1'000'000,
                                                       .journal_bytes = std::size_t{1} << 30,
                                                       .journal_total_bytes = std::size_t{1} << 30,
                                                       .query_steps = std::uint64_t{1} << 40});
}

Work ask(std::shared_ptr<Mock> mock, Request request) {
  return [mock = std::move(mock), request = std::move(request)]() mutable {
    const auto response = mock->handle(std::move(request), {.loopback = true, .admin = true}).response;
    if (response.status / 100 == 2) return true;
    fmt::print(stderr, "{}: {}\n", response.status, response.body.substr(0, 500));
    return false;
  };
}

// A mock whose journal has so many orders that were made, and as many requests for unknown paths.
std::shared_ptr<Mock> fill_journal(const Contracts& contracts, std::size_t entries) {
  auto mock = open_mock(contracts);
  const Prepared prepared = prepare(*mock);
  const auto all = workloads();
  const auto orders = std::ranges::find(all, "sellercloud.createOrder", &Workload::name);
  for (std::size_t i = 0; i < entries; ++i) {
    mock->handle(orders->make(i, prepared));
    mock->handle({.method = "GET", .target = fmt::format("/sellercloud/rest/api/Ordres/{}", i), .headers = {{"Host", "localhost"}}});
  }
  return mock;
}

std::string near_miss_of(std::string_view type, const std::string& body) {
  const Json request = {{"method", "POST"}, {"url", "/sellercloud/rest/api/Ordres"}, {"headers", {{"Content-Type", type}}}, {"body", body}};
  return render_json(request);
}

std::string stub(std::size_t number) {
  return fmt::format(R"({{"request":{{"method":"GET","urlPath":"/stub/{}"}},"response":{{"status":200,"body":"{}"}}}})", number, number);
}

const std::vector<std::pair<std::string, Preparation>>& all_work() {
  static const std::vector<std::pair<std::string, Preparation>> all = {
      {"verify, a long list",
       [](const Contracts& contracts, std::size_t size) {
         return verify(contracts, repeat("[", "]", 400 * size, [](std::size_t i) {
                         return fmt::format(R"({{"id":{},"title":"Cup {}","notes":null,"sellables":[{{"id":1,"price":"x"}}]}})", i, i);
                       }));
       }},
      {"verify, many names",
       [](const Contracts& contracts, std::size_t size) {
         return verify(contracts,
                       repeat("{", "}", 1000 * size, [](std::size_t i) { return fmt::format(R"("{}{}":{})", i * 7919 % 1000, i, i); }));
       }},
      {"verify, not JSON",
       [](const Contracts& contracts, std::size_t size) {
         return verify(contracts, repeat("", "", 2000 * size, [](std::size_t i) { return fmt::format("token: abc{} <b>&", i); }));
       }},
      {"near misses of a long request",
       [](const Contracts& contracts, std::size_t size) {
         const auto body = repeat(R"({"Products":[)", "]}", 400 * size,
                                  [](std::size_t i) { return fmt::format(R"({{"ProductID":"SKU-{}","Qty":"two"}})", i); });
         return ask(open_mock(contracts), admin("POST", "/near-misses/request", near_miss_of("application/json", body)));
       }},
      {"near misses of a long form",
       [](const Contracts& contracts, std::size_t size) {
         auto body = repeat("", "", 1000 * size, [](std::size_t i) { return fmt::format("n{}{}=1", i * 7919 % 1000, i); });
         std::ranges::replace(body, ',', '&');
         return ask(open_mock(contracts), admin("POST", "/near-misses/request", near_miss_of("application/x-www-form-urlencoded", body)));
       }},
      {"near misses of a pattern",
       [](const Contracts& contracts, std::size_t size) {
         return ask(fill_journal(contracts, 20 * size),
                    admin("POST", "/near-misses/request-pattern",
                          R"({"method":"POST","urlPath":"/sellercloud/rest/api/Order","bodyPatterns":[{"equalToJson":{"a":[1,2]}}]})"));
       }},
      {"near misses of unmatched requests",
       [](const Contracts& contracts, std::size_t size) {
         return ask(fill_journal(contracts, size), admin("GET", fmt::format("/requests/unmatched/near-misses?limit={}", 2 * size)));
       }},
      {"export as HAR",
       [](const Contracts& contracts, std::size_t size) { return ask(fill_journal(contracts, 20 * size), admin("GET", "/requests.har")); }},
      {"export as NDJSON", [](const Contracts& contracts,
                              std::size_t size) { return ask(fill_journal(contracts, 20 * size), admin("GET", "/requests.ndjson")); }},
      {"mappings",
       [](const Contracts& contracts, std::size_t size) -> Work {
         return [mock = open_mock(contracts), size] {
           for (std::size_t i = 0; i < 40 * size; ++i) {
             if (!ask(mock, admin("POST", "/mappings", stub(i)))()) return false;
           }
           return ask(mock, admin("GET", "/mappings"))();
         };
       }},
      {"records of a tenant",
       [](const Contracts& contracts, std::size_t size) {
         return ask(fill_journal(contracts, 40 * size), admin("GET", "/tenants/demo/records/sellercloud/orders"));
       }},
  };
  return all;
}

int run(std::size_t size, const std::vector<std::string>& names) {
  const auto contracts = load_contracts(bundled_files());
  if (!contracts) {
    fmt::print(stderr, "{}\n", render_problem(contracts.error()));
    return 1;
  }
  for (const std::string& name : names) {
    const auto found = std::ranges::find(all_work(), name, &std::pair<std::string, Preparation>::first);
    if (found == all_work().end()) {
      fmt::print(stderr, "no work '{}'\n", name);
      return 1;
    }
    const Work work = found->second(*contracts, size);
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    const bool good = work();
    CALLGRIND_DUMP_STATS_AT(name.c_str());
    CALLGRIND_STOP_INSTRUMENTATION;
    if (good) continue;
    fmt::print(stderr, "{} failed\n", name);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace understudy::bench

int main(int count, char** words) {
  using namespace understudy::bench;
  if (count == 1) {
    for (const auto& [name, preparation] : all_work()) fmt::print("{}\n", name);
    return 0;
  }
  const std::string_view text = words[1];
  std::size_t size = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), size).ec == std::errc()) return run(size, {words + 2, words + count});
  fmt::print(stderr, "usage: understudy_long_work SIZE NAME...\n");
  return 2;
}
