// Seller Center as the runner plays it: what is not acknowledged comes again, and a shop that makes it twice is found out.
#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"
#include "scenarios/src/lint/lint.h"
#include "tests/reference/program_probe.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

constexpr const char* kDelivered = R"(understudy: 1
scenario: What is not acknowledged comes again
api: sellercenter
steps:
  - name: deliver
    calls:
      - send: createProducts
        with:
          params:
            productsInfo:
              - { attribute_set: "1", seller: "624", seller_sku: "A-{{run.id}}", title: One, price: "10.00" }
              - { seller: "624", seller_sku: "B-{{run.id}}", title: Two, price: "10.00" }
    expect: { status: { $one_of: [200, 500] }, contract: unchecked }
  - name: again
    redeliver: { of: deliver, attempts: 4 }
  - name: and again
    redeliver: { of: deliver, attempts: 4 }
)";

class Listener : public Reporter {
 public:
  void begin(const RunInfo&) override {}
  void end(const Summary&) override {}
  void add(const Verdict& verdict) override { verdicts.push_back(verdict); }
  std::vector<Verdict> verdicts;
};

struct Played {
  Verdict verdict;
  Milliseconds waited{0};  // by a wait that only counts
};

Played play(const std::string& url) {
  const auto& contracts = bundled_contracts();
  auto file = parse_scenario(kDelivered, "scenarios/sellercenter/delivered.yaml");
  REQUIRE(file);
  for (const auto& problem : lint_scenario(*file, contracts)) FAIL(render_problem(problem));
  Target target;
  REQUIRE(parse_target(url, contracts, target));
  target.max_wait = std::chrono::hours(24);
  Played played;
  SuiteOptions suite;
  suite.profiles = {Profile{}};
  suite.make_transport = [] { return std::make_unique<HttpTransport>(); };
  suite.pause = [&](Milliseconds time) { played.waited += time; };
  const auto runs = plan_runs({&*file}, contracts, suite);
  REQUIRE(runs);
  Listener listener;
  const RunContext context{
      .contracts = contracts, .target = target, .variables = Json::object(), .level = Evidence::assumed, .journals = nullptr};
  static_cast<void>(run_suite(*runs, context, suite, {&listener}));
  REQUIRE(listener.verdicts.size() == 1);
  played.verdict = listener.verdicts.front();
  return played;
}

}  // namespace

TEST_CASE("a right shop is found right however often a batch comes, by the documented schedule", "[reference][verify][redelivery]") {
  struct Row {
    const char* why;
    const char* lost;
    std::chrono::minutes waited;
  };
  const auto row = GENERATE(values<Row>({
      {"acknowledged at once", "0", std::chrono::minutes(1 + 8)},
      {"two answers lost", "2", std::chrono::minutes(1 + 8 + 27)},
      {"four answers lost", "4", std::chrono::minutes(1 + 8 + 27 + 64 + 125)},
  }));
  INFO(row.why);
  const reference::Program program({"--nack-first", row.lost});

  const auto played = play(program.url);

  for (const auto& step : played.verdict.steps)
    for (const auto& difference : step.differences) UNSCOPED_INFO(difference.finding.code << " " << difference.finding.actual);
  CHECK(played.verdict.kind == VerdictKind::passed);
  CHECK(played.waited == row.waited);
}

TEST_CASE("a shop that creates a redelivered product twice, or forgets it, is reported with item and id", "[broken][verify][redelivery]") {
  struct Row {
    const char* variant;
    const char* pointer;
    const char* actual;
  };
  const auto row = GENERATE(values<Row>({
      {"redelivery_creates_twice", "/result/0/product/id", "string \"468013\""},
      {"redelivery_done_twice", "/result/0/product/id", "Seller SKU already exists"},
  }));
  INFO(row.variant);
  const reference::Program program({"--broken", row.variant});

  const auto verdict = play(program.url).verdict;

  CHECK(verdict.kind == VerdictKind::failed);
  REQUIRE(verdict.steps.size() >= 2);
  REQUIRE_FALSE(verdict.steps[1].differences.empty());
  const auto& finding = verdict.steps[1].differences.front().finding;
  CHECK(finding.code == "redelivery");
  CHECK(finding.pointer == row.pointer);
  CHECK_THAT(finding.expected, CONTAINS("468012"));
  CHECK_THAT(finding.actual, CONTAINS(row.actual));
}

TEST_CASE("for a shop that never acknowledges, the report says what an acknowledgement is", "[broken][verify][redelivery]") {
  const reference::Program program({"--nack-first", "99"});

  const auto verdict = play(program.url).verdict;

  CHECK(verdict.kind == VerdictKind::failed);
  const auto& finding = verdict.steps.back().differences.front().finding;
  CHECK_THAT(verdict.steps.back().name, CONTAINS("again"));
  CHECK(finding.severity == Severity::error);
}
