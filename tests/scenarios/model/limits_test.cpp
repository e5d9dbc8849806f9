// given.limits: what the words mean, what lint says of wrong ones, and what a target must be able to do.
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/limit_words.h"
#include "scenarios/src/model/needs.h"
#include "tests/scenarios/shop.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

const std::string kStart = "understudy: 1\nscenario: s\napi: veeqo\ngiven:\n  limits: ";
const std::string kEnd = "\nsteps: [{ send: listProducts }]\n";

std::string lint_of(const std::string& limits) {
  const auto problems = lint_scenario(parsed_scenario(kStart + limits + kEnd), bundled_contracts());
  if (problems.empty()) return "";
  return std::to_string(problems.front().place.line) + ":" + std::to_string(problems.front().place.column) + " " + problems.front().code;
}

}  // namespace

TEST_CASE("limits take the vendor's kind, a window, a bucket, or none", "[limits][scenario]") {
  struct Row {
    const char* why;
    Json limits;
    Json rendered;  // null: none
  };
  const auto row = GENERATE(values<Row>({
      {"the vendor's kind with another number", {{"requests", 3}}, {{"kind", "bucket"}, {"requests", 3}, {"per_second", 5.0}}},
      {"a window", {{"requests", 3}, {"per", "90s"}}, {{"kind", "window"}, {"requests", 3}, {"per", "90s"}}},
      {"a bucket", {{"requests", 3}, {"per_second", 0.5}}, {{"kind", "bucket"}, {"requests", 3}, {"per_second", 0.5}}},
      {"by the API's name", {{"veeqo", {{"requests", 3}, {"per", "1h"}}}}, {{"kind", "window"}, {"requests", 3}, {"per", "1h"}}},
      {"none", "none", nullptr},
      {"none, by name", {{"veeqo", "none"}}, nullptr},
  }));
  INFO(row.why);

  const auto specs = parse_limits(row.limits, "veeqo");
  REQUIRE(specs.has_value());
  const auto limit = resolve_limit(specs->at("veeqo"), *bundled_contracts().find_api("veeqo"));

  REQUIRE(limit.has_value());
  CHECK((*limit ? render_limit(**limit) : Json(nullptr)) == row.rendered);
}

TEST_CASE("lint names the place of a limit that means nothing", "[limits][lint]") {
  struct Row {
    const char* why;
    const char* limits;
    const char* said;
  };
  const auto row = GENERATE(values<Row>({
      {"fine", "{ requests: 3 }", ""},
      {"fine, by name", "{ veeqo: none, sellercloud: { requests: 3, per: 1m } }", ""},
      {"nothing", "null", "5:11 bad-limit"},
      {"text", "few", "5:11 bad-limit"},
      {"a list", "[3]", "5:11 bad-limit"},
      {"no requests", "{ per: 1h }", "5:11 bad-limit"},
      {"no number", "{ requests: many }", "5:23 bad-limit"},
      {"no duration", "{ requests: 3, per: hour }", "5:31 bad-limit"},
      {"both", "{ requests: 3, per: 1h, per_second: 2 }", "5:11 bad-limit"},
      {"a slip", "{ requests: 3, pr: 1h }", "5:26 unknown-key"},
      {"below a name", "{ veeqo: { requests: 0 } }", "5:32 bad-limit"},
      {"no such API", "{ veego: { requests: 1 } }", "5:13 unknown-api"},
      {"no answer for it", "{ sellercenter: { requests: 1, per: 1h } }", "5:27 impossible-limit"},
  }));
  INFO(row.why);

  CHECK(lint_of(row.limits) == row.said);
}

TEST_CASE("a scenario with limits needs a target that can count by them", "[limits][needs]") {
  const ScenarioFile file = parsed_scenario(kStart + "{ requests: 3 }" + kEnd);

  CHECK(find_needs(file.scenario, bundled_contracts()) == std::vector<std::string>{"limits"});
  CHECK(explain_need(file.scenario, "limits") == "limits: given.limits");
}
