// --plan shows what a run sends: both compose their requests with the same function.
#include "conformance/run/plan.h"

#include "cli/local_mock.h"
#include "conformance/run/runner.h"
#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"
#include "scenarios/src/model/collect.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

// What a plan cannot know: {{names}} that a response gives (a string that is only such a name may become any value), and masked secrets.
constexpr std::string_view kUnknowns[] = {"\"{{", "{{", "***"};

// Whether `text` is `planned` with something in the place of each unknown.
bool is_as_planned(std::string_view planned, std::string_view text) {
  for (bool is_first = true;; is_first = false) {
    std::size_t unknown = planned.size();
    std::string_view mark;
    for (const std::string_view candidate : kUnknowns) {
      if (const auto at = planned.find(candidate); at < unknown) {
        unknown = at;
        mark = candidate;
      }
    }
    const auto literal = planned.substr(0, unknown);
    if (mark.empty()) return is_first ? text == literal : text.ends_with(literal);
    const auto found = is_first ? (text.starts_with(literal) ? 0 : std::string_view::npos) : text.find(literal);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + literal.size());
    planned.remove_prefix(unknown + mark.size());
    if (mark == "***") continue;
    planned.remove_prefix(planned.find("}}") + 2);
    if (mark.starts_with('"') && planned.starts_with('"')) planned.remove_prefix(1);
  }
}

std::string render_request(const Request& request) {
  std::string text = request.method + " " + request.target + "\n";
  for (const Header& header : request.headers) text += header.name + ": " + header.value + "\n";
  return text + "\n" + request.body;
}

// The requests of the steps; logins are sent when a token is needed.
std::vector<Request> planned_steps(const Plan& plan) {
  std::vector<Request> requests;
  for (const PlannedRequest& planned : plan.requests)
    if (planned.step != "login" && !planned.request.method.empty()) requests.push_back(planned.request);
  return requests;
}

}  // namespace

TEST_CASE("what is planned is what is sent, for every bundled scenario", "[plan][bundled]") {
  const auto collected = parse_scenarios(bundled_file_set());
  std::vector<const ScenarioFile*> files;
  for (const ScenarioFile& file : collected.files) files.push_back(&file);
  const auto local = LocalMock::open(bundled_contracts(), Profile{}, 1);
  REQUIRE(local);
  const Target target = (*local)->target();
  SuiteOptions suite;
  suite.profiles = {Profile{}};
  const auto runs = plan_runs(files, bundled_contracts(), suite);
  REQUIRE(runs);
  const RunContext context{.contracts = bundled_contracts(), .target = target};
  HttpTransport transport;

  std::size_t compared = 0;
  for (const Run& run : *runs) {
    INFO(run.name);
    const auto plan = plan_run(run, context);
    REQUIRE(plan);
    const auto verdict = run_scenario(run, context, {}, transport);

    const auto planned = planned_steps(*plan);
    REQUIRE(verdict.kind == VerdictKind::passed);
    REQUIRE(planned.size() == verdict.steps.size());
    for (std::size_t i = 0; i < planned.size(); ++i) {
      Request sent = verdict.steps[i].request;
      sent.target = render_origin(*target.base) + sent.target;
      INFO("planned: " << render_request(planned[i]) << "\n\nsent: " << render_request(sent));
      // A report may mask more than the plan: it has seen more secrets.
      CHECK((is_as_planned(render_request(planned[i]), render_request(sent)) ||
             is_as_planned(render_request(sent), render_request(planned[i]))));
      ++compared;
    }
  }
  CHECK(compared > 500);
}

TEST_CASE("the comparison of planned and sent requests sees a difference", "[plan]") {
  struct Case {
    const char* why;
    const char* planned;
    const char* sent;
    bool is_same;
  };
  const auto row = GENERATE(values<Case>({
      {"equal", "GET /a", "GET /a", true},
      {"another path", "GET /a", "GET /b", false},
      {"more than planned", "GET /a", "GET /ab", false},
      {"a captured id in the path", "GET /a/{{id}}/b", "GET /a/7/b", true},
      {"another tail", "GET /a/{{id}}/b", "GET /a/7/c", false},
      {"a captured number", R"({"id":"{{id}}"})", R"({"id":7})", true},
      {"a masked token", "Authorization: Bearer ***\n\n", "Authorization: Bearer abc\n\n", true},
      {"no token", "Authorization: Bearer ***\n\n", "\n\n", false},
  }));
  INFO(row.why);
  CHECK(is_as_planned(row.planned, row.sent) == row.is_same);
}

}  // namespace understudy
