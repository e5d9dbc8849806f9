#include "conformance/run/suite.h"

#include <algorithm>
#include <sstream>

#include "conformance/run/plan.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

// Every reported name, in the order of the reports.
class Listener : public Reporter {
 public:
  void begin(const RunInfo& info) override { announced = info.scenarios; }
  void add(const Verdict& verdict) override {
    reported.push_back(verdict.name + " " + std::string(to_string(verdict.kind)));
    for (const auto& step : verdict.steps) bodies.push_back(step.request.body);
  }
  void end(const Summary&) override { ++ends; }
  bool shows_passed_messages() const override { return shows_passed; }

  Lines reported, bodies;
  bool shows_passed = true;
  std::size_t announced = 0;
  int ends = 0;
};

ScenarioFile sample(const std::string& stem, const std::string& body = "{ name: a }", const std::string& rest = "") {
  return parse_kiosk("understudy: 1\nscenario: a sample\napi: kiosk\n" + rest + "\nsteps: [{ send: createThing, with: { body: " + body +
                         " }, expect: { answer: thing_created } }]\n",
                     "scenarios/kiosk/" + stem + ".yaml");
}

struct Stage {
  std::vector<ScenarioFile> files;
  SuiteOptions options;
  Target target = kiosk_target(true);
  std::function<std::optional<TransportResult>(const Request&)> bend;
  Listener listener;

  Stage() {
    options.profiles = {Profile{}};
    options.make_transport = [this] {
      Kiosk kiosk;
      kiosk.bend = bend;
      return std::make_unique<FakeTransport>([kiosk](const Request& request) mutable { return kiosk(request); });
    };
  }

  Result<std::vector<Run>> plan() const {
    std::vector<const ScenarioFile*> list;
    for (const auto& file : files) list.push_back(&file);
    return plan_runs(list, kiosk_contracts(), options);
  }

  Summary run() {
    const auto runs = plan();
    REQUIRE(runs.has_value());
    const RunContext context{.contracts = kiosk_contracts(), .target = target, .variables = Json::object(), .level = Evidence::observed};
    return run_suite(*runs, context, options, {&listener});
  }
};

}  // namespace

TEST_CASE("verdicts are reported in the order of the files, however many workers there are", "[suite]") {
  Stage stage;
  stage.options.jobs = GENERATE(1u, 2u, 8u);
  Lines expected;
  for (int i = 10; i < 40; ++i) {
    stage.files.push_back(sample("s" + std::to_string(i)));
    expected.push_back("kiosk/s" + std::to_string(i) + " passed");
  }

  const auto summary = stage.run();

  CHECK(stage.listener.reported == expected);
  CHECK(stage.listener.announced == 30);
  CHECK(stage.listener.ends == 1);
  CHECK(summary.counts.passed == 30);
  CHECK_FALSE(summary.interrupted);
}

TEST_CASE("each run has a tenant of its own", "[suite]") {
  Stage stage;
  stage.options.profiles = standard_profiles();
  stage.files.push_back(sample("one"));
  stage.files.push_back(sample("rows", "{ name: \"{{n}}\" }", "each: [{ name: Größe 1, n: a }, { name: Grüße 1, n: b }]"));
  stage.files.push_back(sample("pinned", "{ name: a }", "given: { profile: observed }"));

  const auto runs = stage.plan();

  REQUIRE(runs.has_value());
  Lines tenants;
  for (const auto& run : *runs) tenants.push_back(run.tenant);
  CHECK(tenants ==
        Lines{"one", "rows.Gr-e-1", "rows.Gr-e-1.2", "one.observed", "rows.Gr-e-1.observed", "rows.Gr-e-1.observed.2", "pinned.observed"});
}

TEST_CASE("a scenario that pins its profile runs once, by its own, where the target has it", "[suite]") {
  struct Row {
    const char* why;
    bool with_admin;
    const char* asked;
    const char* pinned;
    Lines reported;
    const char* judged_by;
  };
  const auto row = GENERATE(values<Row>({
      {"a mock can have any", true, "documented", "observed", {"kiosk/pinned passed"}, "observed"},
      {"a bare target cannot", false, "documented", "observed", {"kiosk/pinned skipped"}, "observed"},
      {"unless it is said to have it", false, "observed", "observed", {"kiosk/pinned passed"}, "observed"},
      {"in its own turn", false, "all", "observed", {"kiosk/pinned passed"}, "observed"},
      {"in the first turn, where none is its own", true, "all", "{ greeting: none }", {"kiosk/pinned passed"}, "documented+greeting=none"},
  }));
  INFO(row.why);
  Stage stage;
  stage.target = kiosk_target(row.with_admin);
  if (row.asked == std::string("all"))
    stage.options.profiles = standard_profiles();
  else
    stage.options.profiles = {*parse_profile(Json(row.asked), kiosk_contracts())};
  stage.files.push_back(sample("pinned", "{ name: a }", "given: { profile: " + std::string(row.pinned) + " }"));

  stage.run();

  const auto runs = stage.plan();
  REQUIRE(runs.has_value());
  REQUIRE(runs->size() == 1);
  CHECK(render_profile(runs->front().profile) == row.judged_by);
  CHECK(stage.listener.reported == row.reported);
}

TEST_CASE("the same seed shuffles in the same way, and nothing is lost", "[suite]") {
  Stage stage;
  for (int i = 10; i < 30; ++i) stage.files.push_back(sample("s" + std::to_string(i)));
  const auto order = [&](std::optional<std::uint64_t> seed) {
    stage.options.shuffle_seed = seed;
    Lines names;
    const auto runs = stage.plan();
    for (const auto& run : *runs) names.push_back(run.name);
    return names;
  };

  const auto plain = order(std::nullopt);
  const auto first = order(7);

  CHECK(first == order(7));
  CHECK(first != order(8));
  CHECK(first != plain);
  CHECK(std::is_permutation(first.begin(), first.end(), plain.begin(), plain.end()));
}

TEST_CASE("--fail-fast ends the run after the first failure and reports it", "[suite]") {
  Stage stage;
  stage.options.fail_fast = true;
  stage.files = {sample("a"), sample("b", "{ size: 1 }"), sample("c")};

  const auto summary = stage.run();

  CHECK(stage.listener.reported == Lines{"kiosk/a passed", "kiosk/b failed"});
  CHECK(summary.interrupted);
}

TEST_CASE("a target that is not there ends the run with one problem", "[suite]") {
  Stage stage;
  stage.bend = [](const Request&) { return outcome(Outcome::unreachable); };
  stage.files = {sample("a"), sample("b"), sample("c")};

  const auto summary = stage.run();

  CHECK(stage.listener.reported == Lines{"kiosk/a errored"});
  REQUIRE(summary.problems.size() == 1);
  CHECK(summary.problems.front().failure == Failure::unreachable);
  CHECK(summary.problems.front().message == "cannot reach http://127.0.0.1:9: unreachable");
}

TEST_CASE("a run that is stopped begins nothing more", "[suite]") {
  Stage stage;
  std::atomic<bool> stop{true};
  stage.options.stop = &stop;
  stage.files = {sample("a")};
  const auto summary = stage.run();
  CHECK(stage.listener.reported.empty());
  CHECK(summary.interrupted);
}

TEST_CASE("known failures may fail and must", "[suite][known]") {
  struct Row {
    const char* why;
    const char* list;
    Lines reported;
    Lines problems;
    std::size_t failed;
  };
  const auto row = GENERATE(values<Row>({
      {"no list", "", {"kiosk/good passed", "kiosk/wrong failed"}, {}, 1},
      {"it fails, as it is said to", "wrong # no names yet", {"kiosk/good passed", "kiosk/wrong failed"}, {}, 0},
      {"whole names and stars", "kiosk/wr* # no names yet", {"kiosk/good passed", "kiosk/wrong failed"}, {}, 0},
      {"one passes nevertheless", "wrong # x\ngood # y", {"kiosk/good errored", "kiosk/wrong failed"}, {"unexpected-pass"}, 0},
      {"one is the name of nothing", "wrong # x\nmissing # y", {"kiosk/good passed", "kiosk/wrong failed"}, {"matches-nothing"}, 0},
  }));
  INFO(row.why);
  Stage stage;
  stage.files = {sample("good"), sample("wrong", "{ size: 1 }")};
  const auto known = parse_known_failures(row.list, "known.txt");
  REQUIRE(known.has_value());
  stage.options.known_failing = *known;

  const auto summary = stage.run();

  Lines problems;
  for (const auto& problem : summary.problems) problems.push_back(problem.code);
  CHECK(stage.listener.reported == row.reported);
  CHECK(problems == row.problems);
  CHECK(summary.counts.failed == row.failed);
}

TEST_CASE("a known failure without a reason is refused with its place", "[suite][known]") {
  const auto known = parse_known_failures("# comment\n\nkiosk/wrong\n", "known.txt");
  REQUIRE_FALSE(known.has_value());
  CHECK(render_place(known.error().place) == "known.txt:3:1");
}

TEST_CASE("what writes is found before anything is sent", "[suite][safety]") {
  struct Row {
    const char* why;
    const char* step;
    const char* write;
  };
  const auto row = GENERATE(values<Row>({
      {"a creation", "{ send: createThing, with: { body: { name: a } } }", "kiosk/sample step 1"},
      {"a read", "{ send: readThing, with: { path: { id: 1 } } }", ""},
      {"a login", "{ send: logIn, with: { body: { user: a, password: b } } }", ""},
      {"a request", "{ request: { method: PUT, path: /things } }", "kiosk/sample step 1"},
  }));
  INFO(row.why);
  Stage stage;
  stage.files.push_back(parse_kiosk("understudy: 1\nscenario: a\napi: kiosk\nsteps: [" + std::string(row.step) + "]\n"));
  const auto runs = stage.plan();
  REQUIRE(runs.has_value());
  const auto plan = plan_run(runs->front(), {.contracts = kiosk_contracts(), .target = stage.target});
  REQUIRE(plan.has_value());
  const auto& planned = plan->requests;
  const auto write = std::find_if(planned.begin(), planned.end(), [](const PlannedRequest& one) { return one.is_write; });
  CHECK((write == planned.end() ? "" : plan->name + " " + write->step) == row.write);
}

TEST_CASE("messages of scenarios that pass are in the verdicts only if a reporter shows them", "[suite]") {
  Stage stage;
  stage.listener.shows_passed = GENERATE(true, false);
  stage.files.push_back(sample("right"));
  stage.files.push_back(sample("wrong", "{ name: {$literal: 5} }"));

  stage.run();

  CHECK(stage.listener.reported == Lines{"kiosk/right passed", "kiosk/wrong failed"});
  CHECK(stage.listener.bodies == Lines{stage.listener.shows_passed ? R"({"name":"a"})" : "", R"({"name":5})"});
}
