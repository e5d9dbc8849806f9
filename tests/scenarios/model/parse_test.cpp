#include "scenarios/src/model/parse.h"

#include "tests/scenarios/shop.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

constexpr const char* kWhole = R"(understudy: 1
scenario: A retry after a lost reply finds the order already there
api: shop
labels: [orders, faults]
given:
  clock: "2026-03-02T09:00:00Z"
  seed: 42
  ids: { item: 5000 }
  profile: { base: documented, shape_status: 400 }
  settings: { strict_prices: true }
  variables: { company: 163 }
  records: { items: [{ sku: "SKU-1" }] }
  faults: [{ on: createItem, call: 1, phase: after_commit, kind: reset }]
each:
  - { name: one, sku: A }
  - { name: two, sku: B }
steps:
  - name: create
    send: createItem
    with: { query: { page: 1, id: [1, 2] }, headers: { X-One: a, Accept: null }, body: { sku: "{{sku}}" } }
    expect: { transport: reset }
  - name: again
    repeat: create
    change: { /sku: { $absent: true } }
    auth: { scheme: bearer, token: garbage }
    expect: { answer: item_exists, status: 409, reason: Conflict, headers: { X: { $any: true } }, body: { message: exists } }
    capture: { order: $id, note: /note }
    until: { within: 2s }
  - advance: 61m
  - request: { method: PATCH, path: /items, text: "{" }
    auth: "{{token}}"
    expect: { status: 502, text: { $contains: bad }, contract: unchecked }
  - name: rows
    send: depot.put
    each: [{ name: a, x: 1 }]
  - calls:
      - { send: depot.put, id: 7, with: { params: { things: [] } }, expect: { items: [{ answer: thing_put }] }, capture: { thing: $id } }
      - { method: nope }
    auth: none
cleanup:
  - { send: deleteItem, with: { path: { id: "{{order}}" } } }
)";

std::string refusal(const std::string& text) {
  const auto parsed = parse_scenario(text, "a.yaml");
  return parsed ? "accepted" : render_problem(parsed.error());
}

// A scenario around one step.
std::string with_step(const std::string& step) { return "understudy: 1\nscenario: s\napi: shop\nsteps:\n" + step; }
std::string with_given(const std::string& given) {
  return "understudy: 1\nscenario: s\napi: shop\ngiven:\n" + given + "steps: [{ advance: 1s }]\n";
}

}  // namespace

TEST_CASE("a scenario file is read into its parts", "[scenario]") {
  const Scenario scenario = parsed_scenario(kWhole, "scenarios/shop/retry.yaml").scenario;

  CHECK(scenario_name(scenario) == "shop/retry");
  CHECK(scenario.title == "A retry after a lost reply finds the order already there");
  CHECK(scenario.labels == std::vector<std::string>{"orders", "faults"});
  CHECK(render_rfc3339(scenario.given.clock.value()) == "2026-03-02T09:00:00Z");
  CHECK(scenario.given.seed == 42u);
  CHECK(scenario.given.ids == Json{{"item", 5000}});
  CHECK(scenario.given.profile == Json{{"base", "documented"}, {"shape_status", 400}});
  CHECK(scenario.given.faults.size() == 1);
  REQUIRE(scenario.each.size() == 2);
  CHECK(scenario.each[1].name == "two");
  CHECK(scenario.each[1].variables == Json{{"sku", "B"}});
  CHECK(scenario.each[1].place.line == 16);
  REQUIRE(scenario.steps.size() == 6);
  REQUIRE(scenario.cleanup.size() == 1);
  CHECK(scenario.cleanup[0].with.path_parameters == Json{{"id", "{{order}}"}});
}

TEST_CASE("each kind of step keeps what it says", "[scenario]") {
  const Scenario scenario = parsed_scenario(kWhole, "scenarios/shop/retry.yaml").scenario;
  const Step &create = scenario.steps[0], &again = scenario.steps[1], &request = scenario.steps[3], &batch = scenario.steps[5];

  CHECK(create.operation == "shop.createItem");
  CHECK(create.number == 1);
  CHECK(create.place.line == 18);
  CHECK(create.with.query == Json{{"page", 1}, {"id", {1, 2}}});
  CHECK(create.with.headers.at("Accept").is_null());
  CHECK(create.expect.transport == "reset");

  CHECK(again.kind == Step::Kind::repeat);
  CHECK(again.operation == "shop.createItem");
  CHECK(again.auth == Auth{Auth::Kind::garbage, "", "bearer"});
  CHECK(again.expect.status == Json(409));
  CHECK(again.capture.at("order") == "$id");
  CHECK(again.until->within == Milliseconds{2000});
  CHECK(scenario.steps[2].advance == Milliseconds{61 * 60'000});

  CHECK(request.with.method == "PATCH");
  CHECK(request.with.body_kind == Sending::Body::text);
  CHECK(request.auth == Auth{Auth::Kind::literal, "{{token}}", ""});
  CHECK_FALSE(request.expect.contract_checked);

  CHECK(batch.calls[0].operation == "depot.put");
  CHECK(batch.calls[0].id == 7);
  CHECK(batch.calls[0].expect.items.size() == 1);
  CHECK(batch.calls[1].method == "nope");
  CHECK_FALSE(batch.calls_auth);
}

TEST_CASE("body: null is a body, no body is none", "[scenario]") {
  CHECK(parsed_scenario(with_step("  - { send: createItem, with: { body: null } }\n")).scenario.steps[0].with.body_kind ==
        Sending::Body::json);
  CHECK(parsed_scenario(with_step("  - { send: createItem }\n")).scenario.steps[0].with.body_kind == Sending::Body::none);
}

TEST_CASE("a mistake in a scenario is reported with its place, the line, a caret and what was expected", "[scenario]") {
  struct Row {
    const char* why;
    std::string text;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"no version", "scenario: s\napi: shop\nsteps: [{ advance: 1s }]\n",
       "a.yaml:1:1: error: expected the line 'understudy: 1', the version of the scenario language [missing-version]\n"
       "    scenario: s\n"
       "    ^"},
      {"another version", "understudy: 2\nscenario: s\napi: shop\nsteps: [{ advance: 1s }]\n",
       "a.yaml:1:13: error: found integer 2, expected 1, the version this build reads [unknown-version]\n"
       "    understudy: 2\n"
       "                ^"},
      {"no mapping", "[1]\n",
       "a.yaml:1:1: error: found array [1], expected a scenario: a mapping with understudy, scenario, api, labels, evidence, given, "
       "each, steps, cleanup [wrong-type]\n"
       "    [1]\n"
       "    ^"},
      {"a key mistyped", "understudy: 1\nscenario: s\napi: shop\nstep: []\n",
       "a.yaml:4:1: error: found unknown key 'step' (did you mean 'steps'?) [unknown-key]\n"
       "    step: []\n"
       "    ^"},
      {"no steps", "understudy: 1\nscenario: s\napi: shop\n",
       "a.yaml:1:1: error: expected the key 'steps': what is sent, in order [missing-key]\n"
       "    understudy: 1\n"
       "    ^"},
      {"steps no list", "understudy: 1\nscenario: s\napi: shop\nsteps: {}\n",
       "a.yaml:4:8: error: found object {}, expected a list of steps [wrong-type]\n"
       "    steps: {}\n"
       "           ^"},
      {"title no text", "understudy: 1\nscenario: 5\napi: shop\nsteps: [{ advance: 1s }]\n",
       "a.yaml:2:11: error: found integer 5, expected a title, which is text [wrong-type]\n"
       "    scenario: 5\n"
       "              ^"},
      {"a time that is none", with_given("  clock: yesterday\n"),
       "a.yaml:5:10: error: found string \"yesterday\", expected a time such as \"2026-03-02T09:00:00Z\" (RFC 3339) [wrong-type]\n"
       "      clock: yesterday\n"
       "             ^"},
      {"a clock that runs from no time", with_given("  clock: { runs: true }\n"),
       "a.yaml:5:10: error: expected the key 'start': the time at which the clock starts [missing-key]\n"
       "      clock: { runs: true }\n"
       "             ^"},
      {"a clock that perhaps runs", with_given("  clock: { start: \"2026-03-02T09:00:00Z\", runs: 1 }\n"),
       "a.yaml:5:49: error: found integer 1, expected true or false [wrong-type]\n"
       "      clock: { start: \"2026-03-02T09:00:00Z\", runs: 1 }\n"
       "                                                    ^"},
      {"a setting that is no boolean", with_given("  settings: { strict_prices: yes }\n"),
       "a.yaml:5:30: error: found string \"yes\", expected true or false [wrong-type]\n"
       "      settings: { strict_prices: yes }\n"
       "                                 ^"},
      {"a variable of the runner", with_given("  variables: { run.id: x }\n"),
       "a.yaml:5:16: error: found 'run.id', but names that start with 'run.' are the runner's [reserved-variable]\n"
       "      variables: { run.id: x }\n"
       "                   ^"},
      {"records no list", with_given("  records: { items: { sku: a } }\n"),
       "a.yaml:5:21: error: found object {\"sku\":\"a\"}, expected a list of records [wrong-type]\n"
       "      records: { items: { sku: a } }\n"
       "                        ^"},
      {"no kind", with_step("  - { name: a }\n"),
       "a.yaml:5:5: error: found a step without send, request, calls, repeat, redeliver or advance [no-kind]\n"
       "      - { name: a }\n"
       "        ^"},
      {"two kinds", with_step("  - { send: a, repeat: b }\n"),
       "a.yaml:5:16: error: found both 'send' and 'repeat' in one step, expected one of them [two-kinds]\n"
       "      - { send: a, repeat: b }\n"
       "                   ^"},
      {"a key of another kind", with_step("  - { repeat: a, with: {} }\n"),
       "a.yaml:5:18: error: found 'with' in a step with 'repeat', which takes name, repeat, change, auth, expect, capture, each, until, "
       "evidence "
       "[misplaced-key]\n"
       "      - { repeat: a, with: {} }\n"
       "                     ^"},
      {"a duration that is none", with_step("  - { advance: soon }\n"),
       "a.yaml:5:16: error: found string \"soon\", expected a duration such as 250ms, 90s, 61m, 24h, 2d [wrong-type]\n"
       "      - { advance: soon }\n"
       "                   ^"},
      {"two bodies", with_step("  - { send: a, with: { body: 1, text: b } }\n"),
       "a.yaml:5:33: error: found both 'body' and 'text', expected one of them [two-bodies]\n"
       "      - { send: a, with: { body: 1, text: b } }\n"
       "                                    ^"},
      {"a file outside", with_step("  - { send: a, with: { body_file: ../x.json } }\n"),
       "a.yaml:5:35: error: found string \"../x.json\", expected a file below the scenario's folder, without '.' and '..' [outside-root]\n"
       "      - { send: a, with: { body_file: ../x.json } }\n"
       "                                      ^"},
      {"an auth word", with_step("  - { send: a, auth: expird }\n"),
       "a.yaml:5:22: error: found string \"expird\", expected none, garbage, expired, a template such as \"{{token}}\", or {scheme, token} "
       "(did you mean 'expired'?) [unknown-word]\n"
       "      - { send: a, auth: expird }\n"
       "                         ^"},
      {"a transport word", with_step("  - { send: a, expect: { transport: rest } }\n"),
       "a.yaml:5:37: error: found string \"rest\", expected reset, close, timeout, truncated, malformed (did you mean 'reset'?) "
       "[unknown-word]\n"
       "      - { send: a, expect: { transport: rest } }\n"
       "                                        ^"},
      {"nothing to judge", with_step("  - { send: a, expect: { transport: reset, status: 200 } }\n"),
       "a.yaml:5:44: error: found 'status' beside 'transport': without a whole answer there is nothing to judge [contradiction]\n"
       "      - { send: a, expect: { transport: reset, status: 200 } }\n"
       "                                               ^"},
      {"a status that is none", with_step("  - { send: a, expect: { status: 99 } }\n"),
       "a.yaml:5:34: error: found integer 99, expected a status from 100 to 599, or a matcher [wrong-type]\n"
       "      - { send: a, expect: { status: 99 } }\n"
       "                                     ^"},
      {"a change that is no pointer", with_step("  - { repeat: a, change: { sku: 1 } }\n"),
       "a.yaml:5:28: error: found 'sku', expected a JSON Pointer such as /a/0/b [bad-pointer]\n"
       "      - { repeat: a, change: { sku: 1 } }\n"
       "                               ^"},
      {"a row without a name", with_step("  - { send: a, each: [{ x: 1 }] }\n"),
       "a.yaml:5:23: error: expected the key 'name': what verdicts call this row [missing-key]\n"
       "      - { send: a, each: [{ x: 1 }] }\n"
       "                          ^"},
      {"a header with a line break", with_step("  - { send: a, with: { headers: { X: \"a\\r\\nb\" } } }\n"),
       "a.yaml:5:38: error: found a line break in a header's value [bad-header]\n"
       "      - { send: a, with: { headers: { X: \"a\\r\\nb\" } } }\n"
       "                                         ^"},
      {"a path without slash", with_step("  - request: { method: GET, path: items }\n"),
       "a.yaml:5:35: error: found string \"items\", expected a path that starts with '/' [wrong-type]\n"
       "      - request: { method: GET, path: items }\n"
       "                                      ^"},
      {"a call of both", with_step("  - calls: [{ send: a, method: b }]\n"),
       "a.yaml:5:13: error: found both 'send' and 'method' in one call, expected one of them [no-kind]\n"
       "      - calls: [{ send: a, method: b }]\n"
       "                ^"},
      {"captures in the clean-up", with_step("  - { advance: 1s }\ncleanup: [{ send: a, capture: { x: /y } }]\n"),
       "a.yaml:6:22: error: found 'capture' in a clean-up step, which takes name, send, with, auth, expect, evidence [misplaced-key]\n"
       "    cleanup: [{ send: a, capture: { x: /y } }]\n"
       "                         ^"},
      {"a second key of one name", with_step("  - { send: a, send: b }\n"),
       "a.yaml:5:16: error: found key 'send' in line 5 and again in line 5 [duplicate-key]\n"
       "      - { send: a, send: b }\n"
       "                   ^"},
  }));
  INFO(row.why);

  CHECK(refusal(row.text) == row.message);
}

TEST_CASE("JSON Pointers and variable names have a form", "[scenario]") {
  CHECK(is_json_pointer(""));
  CHECK(is_json_pointer("/a~1b/~0"));
  CHECK_FALSE(is_json_pointer("a"));
  CHECK_FALSE(is_json_pointer("/a~2"));
  CHECK_FALSE(is_json_pointer("/a~"));
  CHECK(is_variable_name("run.id"));
  CHECK_FALSE(is_variable_name("1a"));
  CHECK_FALSE(is_variable_name("a b"));
  CHECK_FALSE(is_variable_name(""));
}
