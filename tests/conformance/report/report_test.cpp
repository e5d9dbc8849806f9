#include "conformance/report/report.h"

#include <sstream>

#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::string scenario(const std::string& steps) { return "understudy: 1\nscenario: a sample\napi: kiosk\nsteps:\n" + steps; }

Verdict run_against(const std::string& text, const TransportResult& result, const KioskOptions& options = {}) {
  Kiosk kiosk;
  kiosk.bend = when_posting(result);
  auto transport = transport_of(kiosk);
  auto verdict = run_kiosk(text, transport, options);
  verdict.elapsed = Milliseconds(12);
  return verdict;
}

const std::string kCreate =
    "  - name: create\n    send: createThing\n    with: { body: { name: a, size: 0 } }\n    expect: { answer: rule_broken }\n";

std::string report(Reporter& reporter, std::ostringstream& out, const std::vector<Verdict>& verdicts,
                   const RunInfo& info = {.target = "http://127.0.0.1:9", .profiles = {"documented"}, .scenarios = 1}) {
  Summary summary;
  reporter.begin(info);
  for (const auto& verdict : verdicts) {
    reporter.add(verdict);
    summary.add(verdict);
  }
  summary.elapsed = Milliseconds(34);
  reporter.end(summary);
  return out.str();
}

Verdict skipped() {
  Verdict verdict;
  verdict.kind = VerdictKind::skipped;
  verdict.name = "kiosk/late";
  verdict.api = "kiosk";
  verdict.profile = "documented";
  verdict.reason = "the target cannot arrange clock: given.clock";
  return verdict;
}

}  // namespace

TEST_CASE("a failure block tells place, request, difference, rule and answer", "[report][golden]") {
  struct Row {
    const char* golden;
    std::string steps;
    TransportResult result;
    bool strict;
  };
  const auto row = GENERATE(values<Row>({
      {"failure-rule.txt", kCreate, answer(201, R"({"id":1,"name":"a","size":0})"), true},
      {"failure-value.txt",
       "  - send: createThing\n    with: { body: { name: a } }\n    expect:\n      answer: thing_created\n      body:\n        name: b\n   "
       "     id: { $type: string }\n",
       answer(201, "{\"id\":1,\n\"name\":\"a\"}"), false},
      {"failure-transport.txt", "  - { send: createThing, with: { body: { name: a } }, expect: { transport: close } }\n",
       outcome(Outcome::reset), false},
      {"failure-contract.txt", "  - send: createThing\n    with: { body: { name: a } }\n", answer(201, R"({"id":"1"})"), false},
      {"failure-status.txt", "  - send: createThing\n    with: { body: { name: a } }\n",
       answer(502, "<html>\n  <b>Bad Gateway</b>", {{"Content-Type", "text/html"}}), false},
  }));
  const auto verdict =
      run_against(scenario(row.steps), row.result, {.with_admin = false, .strict = row.strict, .variables = Json::object()});
  REQUIRE(verdict.steps.size() == 1);

  const auto difference = differs_from_golden(render_failure(verdict, verdict.steps.front()), row.golden);

  INFO(difference);
  CHECK(difference.empty());
}

TEST_CASE("the text report is quiet about what passed, and sums up in its last line", "[report][golden]") {
  struct Row {
    const char* golden;
    TextStyle style;
  };
  const auto row = GENERATE(values<Row>({
      {"report-quiet.txt", {}},
      {"report-verbose.txt", {.every_scenario = true, .color = false, .notes = true}},
  }));
  auto passed = run_against(scenario("  - send: readThing\n    with: { path: { id: 1 } }\n"), answer(200, "{}"));
  auto noted = run_against(scenario(kCreate), answer(201, R"({"id":1,"name":"a"})"));
  auto failed = run_against(scenario("  - send: createThing\n    with: { body: { name: a } }\n    expect: { answer: thing_created }\n"),
                            answer(409, R"({"error":"x"})"));
  auto known = failed;
  known.known_failing = true;
  known.known_reason = "not yet";
  failed.orphaned = {"kiosk.deleteThing was not done: its answer was wrong"};
  std::ostringstream out;
  const auto reporter = make_text_reporter(out, row.style);

  const auto text = report(*reporter, out, {passed, noted, failed, known, skipped()});

  const auto difference = differs_from_golden(text, row.golden);
  INFO(difference);
  CHECK(difference.empty());
}

TEST_CASE("the JSON report is one JSON text with every exchange and finding", "[report]") {
  std::ostringstream out;
  const auto reporter = make_json_reporter(out);
  const auto text = report(*reporter, out, {run_against(scenario(kCreate), answer(201, R"({"id":1,"name":"a"})")), skipped()});

  const auto json = parse_json(text);

  REQUIRE(json.has_value());
  CHECK(json->at("summary").at("passed") == 1);
  CHECK(json->at("summary").at("notes") == 1);
  CHECK(json->at("summary").at("skipped") == 1);
  REQUIRE(json->at("scenarios").size() == 2);
  const auto& step = json->at("scenarios").at(0).at("steps").at(0);
  CHECK(step.at("request").at("method") == "POST");
  CHECK(step.at("response").at("status") == 201);
  const auto& finding = step.at("findings").at(0);
  CHECK(finding.at("rule") == "kiosk.createThing.size-positive");
  CHECK(finding.at("evidence") == "assumed");
  CHECK(finding.at("severity") == "note");
  CHECK(finding.at("place").at("line") == 8);
  CHECK(json->at("scenarios").at(1).at("reason") == "the target cannot arrange clock: given.clock");
}
