// Targets that implement only a part of an API, and the causes of a run.
#include <sstream>

#include "conformance/run/suite.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Bend = std::function<std::optional<TransportResult>(const Request&)>;

const char* const kCreateStep =
    "{ send: createThing, with: { body: { name: a } }, expect: { answer: thing_created }, capture: { id: $id } }";
const char* const kReadStep = "{ send: readThing, with: { path: { id: \"{{id}}\" } }, expect: { answer: thing_read } }";
const char* const kRefusedStep = "{ send: createThing, with: { body: { size: 1 } }, expect: { answer: bad_body } }";

bool is_create(const Request& request) { return request.method == "POST" && request.target == "/things"; }
bool is_read(const Request& request) { return request.method == "GET" && request.target.starts_with("/things/"); }
bool is_remove(const Request& request) { return request.method == "DELETE"; }

Bend when(bool (*matches)(const Request&), TransportResult result) {
  return [=](const Request& request) { return matches(request) ? std::optional(result) : std::nullopt; };
}

struct SuiteEnd {
  Summary summary;
  std::string text;
};

SuiteEnd judge(const std::vector<std::string>& scenarios, const Bend& bend, const std::set<std::string>& operations = {},
               const std::set<std::string>& perhaps = {}) {
  std::vector<ScenarioFile> files;
  for (const auto& steps : scenarios)
    files.push_back(parse_kiosk(kiosk_scenario(steps), "scenarios/kiosk/s" + std::to_string(files.size()) + ".yaml"));
  std::vector<const ScenarioFile*> list;
  for (const auto& file : files) list.push_back(&file);
  SuiteOptions options;
  options.profiles = {Profile{}};
  options.operations = operations;
  options.perhaps = perhaps;
  options.make_transport = [bend] {
    Kiosk kiosk;
    kiosk.bend = bend;
    return std::make_unique<FakeTransport>([kiosk](const Request& request) mutable { return kiosk(request); });
  };
  const auto target = kiosk_target(false);
  const auto runs = plan_runs(list, kiosk_contracts(), options);
  REQUIRE(runs.has_value());
  std::ostringstream out;
  const auto text = make_text_reporter(out, {});
  const RunContext context{.contracts = kiosk_contracts(), .target = target, .variables = Json::object(), .level = Evidence::documented};
  auto summary = run_suite(*runs, context, options, {text.get()});
  return {.summary = std::move(summary), .text = out.str()};
}

std::string steps(const std::string& list) { return "steps:\n  - " + list + "\n"; }
std::string both() { return std::string("steps:\n  - ") + kCreateStep + "\n  - " + kReadStep + "\n"; }

}  // namespace

TEST_CASE("an operation that answers nowhere is reported once, and its scenarios are skipped", "[suite][operations]") {
  struct Row {
    const char* why;
    Bend bend;
    std::size_t passed, failed, skipped;
    std::map<std::string, std::size_t> missing;
  };
  const auto gone = answer(404, R"({"error":"no"})");
  const auto row = GENERATE_COPY(values<Row>({
      {"all is there", nullptr, 3, 0, 0, {}},
      {"no read: what was created still counts", when(is_read, gone), 3, 0, 0, {{"kiosk.readThing", 0}}},
      {"no create", when(is_create, gone), 0, 0, 3, {{"kiosk.createThing", 3}}},
      {"no create, said with 405", when(is_create, answer(405, "")), 0, 0, 3, {{"kiosk.createThing", 3}}},
      {"no create, said with 501", when(is_create, answer(501, "")), 0, 0, 3, {{"kiosk.createThing", 3}}},
      {"no create, said as for every unknown path, with the path",
       [](const Request& request) {
         return is_create(request) || request.target.starts_with("/no-such")
                    ? std::optional(answer(200, "{\"what\":\"no page " + request.target + "\"}"))
                    : std::nullopt;
       },
       0,
       0,
       3,
       {{"kiosk.createThing", 3}}},
      {"a create that refuses everything is there, and wrong", when(is_create, answer(400, R"({"error":"no"})")), 1, 2, 0, {}},
      {"a create that refuses everything, as every path does",
       [](const Request& request) {
         return is_create(request) || request.target.starts_with("/no-such") ? std::optional(answer(400, R"({"error":"no"})"))
                                                                             : std::nullopt;
       },
       1,
       2,
       0,
       {}},
      {"a refused credential says nothing about the operation", when(is_create, answer(401, R"({"error":"who?"})")), 0, 3, 0, {}},
      {"only some requests get 404: the operation is there, and wrong",
       [=](const Request& request) {
         return is_create(request) && request.body.find("size") != std::string::npos ? std::optional(gone) : std::nullopt;
       },
       2,
       1,
       0,
       {}},
  }));
  INFO(row.why);

  const auto ended = judge({steps(kCreateStep), both(), steps(kRefusedStep)}, row.bend);

  INFO(ended.text);
  CHECK(ended.summary.counts.passed == row.passed);
  CHECK(ended.summary.counts.failed == row.failed);
  CHECK(ended.summary.counts.skipped == row.skipped);
  CHECK(ended.summary.missing == row.missing);
}

TEST_CASE("a declared operation that does not answer is a failure, and others are skipped", "[suite][operations]") {
  const auto ended = judge({steps(kCreateStep), both()}, when(is_create, answer(404, R"({"error":"no"})")), {"kiosk.createThing"});

  CHECK(ended.summary.counts.failed == 2);
  CHECK(ended.summary.missing.empty());
  const auto other = judge({steps(kCreateStep)}, nullptr, {"kiosk.readThing"});
  CHECK(other.summary.counts.skipped == 1);
}

TEST_CASE("a record that stays because nothing removes it is one line, not a failure", "[suite][operations]") {
  const auto with_cleanup =
      std::string("steps:\n  - ") + kCreateStep + "\ncleanup:\n  - { send: deleteThing, with: { path: { id: \"{{id}}\" } } }\n";

  const auto ended = judge({with_cleanup}, when(is_remove, answer(405, R"({"error":"no"})")));

  INFO(ended.text);
  CHECK(ended.summary.counts.passed == 1);
  CHECK(ended.summary.orphaned.empty());
  CHECK_THAT(ended.text, CONTAINS("kept: 1 record stays on the target"));
}

TEST_CASE("of the declared operations none removes records: cleanups are tried, but not judged", "[suite][operations]") {
  const auto refused = GENERATE(answer(405, R"({"error":"no"})"), answer(500, R"({"error":"no"})"), answer(401, R"({"error":"who?"})"));
  const auto with_cleanup =
      std::string("steps:\n  - ") + kCreateStep + "\ncleanup:\n  - { send: deleteThing, with: { path: { id: \"{{id}}\" } } }\n";

  const auto ended = judge({with_cleanup}, when(is_remove, refused), {"kiosk.createThing"});

  INFO(ended.text);
  CHECK(ended.summary.counts.passed == 1);
  CHECK(ended.summary.causes.empty());
  CHECK(ended.summary.orphaned.empty());
  CHECK_THAT(ended.text, CONTAINS("kept: 1 record stays on the target"));
}

TEST_CASE("of the operations of one name those are judged that the target has", "[suite][operations]") {
  const std::set<std::string> both_names = {"kiosk.createThing", "kiosk.readThing"};
  const auto no = answer(404, R"({"error":"no"})");

  const auto ended = judge({steps(kCreateStep), both()}, when(is_create, no), both_names, {"kiosk.createThing"});

  INFO(ended.text);
  CHECK(ended.summary.counts.failed == 0);
  CHECK(ended.summary.counts.skipped == 2);
  CHECK(ended.summary.missing.contains("kiosk.createThing"));
}

TEST_CASE("a request without a name that reaches an operation that is not declared is skipped", "[suite][operations]") {
  const auto ended = judge({"steps: [{ request: { method: POST, path: /things, body: { name: a } }, expect: { answer: thing_created } }]"},
                           nullptr, {"kiosk.readThing"});

  INFO(ended.text);
  CHECK(ended.summary.counts.skipped == 1);
}

TEST_CASE("differences of one kind are one cause, and the cause of most scenarios comes first", "[suite][operations]") {
  const auto wrong = answer(201, R"({"id":"1","name":"a"})");
  const std::vector<std::string> scenarios = {steps(kRefusedStep), steps(kCreateStep), both()};

  const auto ended = judge(scenarios, [=](const Request& request) {
    return is_create(request)
               ? std::optional(request.body.find("size") == std::string::npos ? wrong : answer(201, R"({"id":1,"name":"a"})"))
               : std::nullopt;
  });

  INFO(ended.text);
  REQUIRE(ended.summary.causes.size() == 2);
  CHECK(ended.summary.causes.front().difference.finding.code == "type");
  CHECK(ended.summary.causes.front().difference.finding.pointer == "/id");
  CHECK(ended.summary.causes.front().scenarios.size() == 2);
  CHECK(ended.summary.causes.back().difference.finding.rule == "kiosk.createThing#/name/required");
  CHECK_THAT(ended.text,
             Catch::Matchers::StartsWith("2 causes, those of most scenarios first:\n1. kiosk.thing_created type /id: expected integer"));
}

TEST_CASE("after three answers in a row that do not end, the operation is not tried again", "[suite][operations]") {
  auto endless = answer(201, R"({"id":1,"na)");
  endless.outcome = Outcome::timeout;
  const std::vector<std::string> scenarios(5, steps(kCreateStep));
  std::size_t asked = 0;

  const auto ended = judge(scenarios, [&](const Request& request) {
    asked += is_create(request) ? 1U : 0U;
    return is_create(request) ? std::optional(endless) : std::nullopt;
  });

  INFO(ended.text);
  CHECK(asked == 3);
  CHECK(ended.summary.counts.failed == 3);
  CHECK(ended.summary.counts.skipped == 2);
  CHECK_THAT(ended.text, CONTAINS("an answer that does not end (status 201, 11 bytes of the body, then nothing) [3 scenarios]"));
  CHECK_THAT(ended.text, CONTAINS("earlier answers of kiosk.createThing did not arrive"));
}
