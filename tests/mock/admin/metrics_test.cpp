#include "mock/engine/metrics.h"

#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

using namespace understudy;

namespace {

JournalEntry exchange(int status, Decisions decisions = {}, std::string fault = {}) {
  JournalEntry entry;
  entry.response.status = status;
  entry.decisions = std::move(decisions);
  entry.fault = std::move(fault);
  entry.microseconds = 60;
  return entry;
}

std::string metrics_of(Stage& stage) { return stage.send("GET", "/__admin/metrics").text; }

}  // namespace

TEST_CASE("metrics count requests by tenant, operation, answer and status, faults by kind, and sizes", "[admin][metrics]") {
  Stage stage(bundled_contracts(),
              {{"api", "veeqo"}, {"faults", {{{"on", "listTags"}, {"call", 3}, {"kind", "status"}, {"status", 503}}}}});
  const std::string before = metrics_of(stage);
  for (int i = 0; i < 3; ++i) stage.send("GET", "/veeqo/tags", nullptr, {{"x-api-key", "tester"}});
  stage.send("GET", "/nowhere");

  const std::string text = metrics_of(stage);

  const auto needed = GENERATE(
      as<std::string>(), R"(understudy_requests_total{tenant="tester",operation="veeqo.listTags",answer="tag_list",status="200"} 2)",
      R"(understudy_requests_total{tenant="tester",operation="",answer="",status="503"} 1)",
      R"(understudy_requests_total{tenant="lobby",operation="",answer="",status="404"} 1)",
      R"(understudy_faults_applied_total{tenant="tester",operation="",kind="status",status="503"} 1)",
      R"(understudy_request_duration_seconds_bucket{le="+Inf"} 4)", "understudy_request_duration_seconds_count 4", "understudy_tenants ",
      R"(understudy_records{tenant="tester"} )", R"(understudy_journal_bytes{tenant="tester"} )");
  CAPTURE(needed, text);
  CHECK(("\n" + text).find("\n" + needed) != std::string::npos);
  CHECK(before.find("listTags") == std::string::npos);
}

TEST_CASE("values of labels are escaped", "[admin][metrics]") {
  Stage stage(bundled_contracts());
  REQUIRE(stage.mock().stage("a\"b\\c\nd", Json::object()).has_value());

  CHECK(metrics_of(stage).find(R"(understudy_records{tenant="a\"b\\c\nd"} )") != std::string::npos);
}

TEST_CASE("a batch counts once: for its first refusal, else for its last call", "[admin][metrics]") {
  Metrics metrics;
  metrics.add("t", exchange(200, {{.operation = "a.one", .answer = "ok"},
                                  {.operation = "a.two", .answer = "no", .rule = "r"},
                                  {.operation = "a.three", .answer = "ok"}}));
  metrics.add("t", exchange(200, {{.operation = "a.one", .answer = "ok"}, {.operation = "a.three", .answer = "ok"}}));

  const auto counts = metrics.counts();

  REQUIRE(counts.exchanges.size() == 2);
  CHECK(counts.exchanges.begin()->first.operation == "a.three");
  CHECK(std::next(counts.exchanges.begin())->first.answer == "no");
  CHECK(counts.by_duration[1] == 2);
  CHECK(counts.microseconds == 120);
}

TEST_CASE("the first thousand tenants have counters of their own, the others share them", "[admin][metrics]") {
  Metrics metrics;
  for (std::size_t round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < Metrics::kMostTenants + 5; ++i) metrics.add("t" + std::to_string(i), exchange(200, {}, "reset"));
  }

  for (const auto& counters : {metrics.counts().exchanges, metrics.counts().faults}) {
    CHECK(counters.size() == Metrics::kMostTenants + 1);
    CHECK(counters.begin()->first.tenant == Metrics::kOther);
    CHECK(counters.begin()->second == 10);
  }
}
