// How the stage of a scenario is set on targets that are not ours.
#include "conformance/run/arrange.h"

#include "conformance/run/runner.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

std::string arranged_scenario(const std::string& given, const std::string& steps = "[{ send: readThing, with: { path: { id: 1 } } }]") {
  return scenario_of("kiosk", "given: " + given + "\nsteps: " + steps + "\n");
}

// A kiosk whose states are set by POST /states; `refuses` names one that it does not know.
FakeTransport transport_with_states(const std::string& refuses = "", const std::string& returns = "{}") {
  Kiosk kiosk;
  kiosk.bend = [=](const Request& request) -> std::optional<TransportResult> {
    if (request.target != "/states") return std::nullopt;
    const bool refused = !refuses.empty() && request.body.find(refuses) != std::string::npos;
    return refused ? answer(500, "no such state") : answer(200, returns);
  };
  return transport_of(kiosk);
}

std::function<void(Target&)> with_states(std::set<std::string, std::less<>> abilities = {}) {
  return [abilities](Target& target) {
    target.provider_states = ProviderStates{.url = *parse_url("http://127.0.0.1:9/states"), .abilities = abilities};
  };
}

KioskOptions shaped(std::function<void(Target&)> shape) { return {.shape = std::move(shape)}; }

// The bodies that the provider-states URL was sent.
Lines states_of(const FakeTransport& transport) {
  Lines lines;
  for (const auto& request : transport.requests)
    if (request.target == "/states") lines.push_back(request.body);
  return lines;
}

}  // namespace

TEST_CASE("everything that a bare target does not support is reported in one line", "[arrange]") {
  struct Row {
    const char* why;
    std::string given;
    std::string reason;  // "" : it runs
  };
  const auto row = GENERATE(values<Row>({
      {"a record that no operation makes", "{ records: { boxes: [{ name: a }] } }",
       "the target cannot arrange records: given.records (boxes[0]: no operation makes one)"},
      {"an id that the server gives", "{ records: { things: [{ id: 3, name: a }] } }",
       "the target cannot arrange records: given.records (things[0]: the server chooses id)"},
      {"a member that the operation does not take", "{ records: { things: [{ name: a, colour: red }] } }",
       "the target cannot arrange records: given.records (things[0]: kiosk.createThing takes no /colour)"},
      {"a record that can be made", "{ records: { things: [{ name: a }] } }", ""},
      {"one that can be made, and an account that holds nothing else", "{ alone: true, records: { things: [{ name: a }] } }",
       "the target cannot arrange alone: given.alone"},
      {"a setting", "{ settings: { strict: true } }", "the target cannot arrange settings: given.settings"},
      {"states alone", "{ states: [{ name: full }] }", "the target cannot arrange states: given.states"},
      {"states that say what records say too", "{ states: [{ name: full }], records: { things: [{ name: a }] } }", ""},
      {"several", "{ ids: { thing: 3 }, faults: [{ kind: reset }], clock: \"2026-01-01T00:00:00Z\" }",
       "the target cannot arrange faults: given.faults; clock: given.clock; ids: given.ids"},
  }));
  INFO(row.why);
  auto transport = transport_of({});

  const auto verdict = run_kiosk(arranged_scenario(row.given), transport);

  CHECK(verdict.reason == row.reason);
  CHECK((verdict.kind == VerdictKind::skipped) == !row.reason.empty());
  CHECK(transport.requests.empty() == !row.reason.empty());
}

TEST_CASE("what a target is said to have is not asked for", "[arrange]") {
  struct Row {
    const char* why;
    std::string given;
    std::string reason;
  };
  const auto row = GENERATE(values<Row>({
      {"the setting as it is", "{ settings: { strict: true } }", ""},
      {"the setting the other way", "{ settings: { strict: false } }",
       "the target cannot arrange settings: strict has the other value there"},
      {"a record with less said of it", "{ records: { boxes: [{ name: a }] } }", ""},
      {"a record by a number written otherwise", "{ records: { boxes: [{ name: a, size: 3.0 }] } }", ""},
      {"a record that differs", "{ records: { boxes: [{ name: b }] } }",
       "the target cannot arrange records: given.records (boxes[0]: no operation makes one)"},
      {"a record with a variable of the target's", "{ variables: { box: x }, records: { boxes: [{ name: \"{{box}}\" }] } }", ""},
  }));
  INFO(row.why);
  auto transport = transport_of({});

  const auto verdict = run_kiosk(arranged_scenario(row.given), transport, shaped([](Target& target) {
                                   target.settings = {{"kiosk", {{"strict", true}}}};
                                   target.records = {{"kiosk", {{"boxes", {{{"name", "a"}, {"size", 3}, {"tags", {1, 2}}}}}}}};
                                   target.variables = {{"box", "a"}};
                                 }));

  CHECK(verdict.reason == row.reason);
}

TEST_CASE("a record is made by its operation, lends its id to a variable, and goes away in the end", "[arrange][records]") {
  auto transport = transport_of({});

  const auto verdict =
      run_kiosk(arranged_scenario("{ variables: { lamp: 99 }, records: { things: [{ label: oil }, { id: \"{{lamp}}\", name: lamp }] } }",
                                  "[{ send: readThing, with: { path: { id: \"{{lamp}}\" } } }]"),
                transport);

  CHECK(verdict.kind == VerdictKind::passed);
  CHECK(transport.lines() == Lines{"POST /token", "POST /things", "POST /things", "GET /things/2", "DELETE /things/2", "DELETE /things/1"});
  CHECK(transport.requests[1].body == R"({"name":"oil"})");
  CHECK(transport.requests[2].body == R"({"name":"lamp"})");
  CHECK(verdict.steps.size() == 1);
  CHECK(verdict.orphaned.empty());
}

TEST_CASE("a record that cannot be made stops the scenario as an error, and what was made goes away", "[arrange][records]") {
  Kiosk kiosk;
  kiosk.bend = [](const Request& request) -> std::optional<TransportResult> {
    if (request.body.find("second") == std::string::npos) return std::nullopt;
    return answer(409, R"({"error":"there is one"})");
  };
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(arranged_scenario("{ records: { things: [{ name: first }, { name: second }] } }"), transport);

  CHECK(verdict.kind == VerdictKind::errored);
  REQUIRE(verdict.problem);
  CHECK(verdict.problem->code == "record-not-made");
  CHECK_THAT(verdict.problem->message, CONTAINS("expected the answer thing_created, found 409"));
  CHECK(transport.lines() == Lines{"POST /token", "POST /things", "POST /things", "DELETE /things/1"});
}

TEST_CASE("a record that stays is reported: as orphaned where its removal failed, as not removable where no operation removes it",
          "[arrange][records]") {
  Kiosk kiosk;
  kiosk.bend = [](const Request& request) -> std::optional<TransportResult> {
    if (request.method == "DELETE") return answer(500, R"({"error":"broken"})");
    return std::nullopt;
  };
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(arranged_scenario("{ records: { things: [{ name: a }], notes: [{ name: b }] } }"), transport);

  CHECK(verdict.orphaned == Lines{"kiosk.things 2 was not removed by deleteThing"});
  CHECK(verdict.not_removable == Lines{"kiosk.notes 1 stays: no operation removes it"});
}

TEST_CASE("states are set up in Pact's shape, give variables, and are torn down last first", "[arrange][states]") {
  auto transport = transport_with_states("", R"({"lamp": 5, "more": true})");

  const auto verdict = run_kiosk(
      arranged_scenario(
          "{ variables: { what: oil }, states: [{ name: a lamp exists, params: { of: \"{{what}}\" }, returns: [lamp] }, { name: lit }] }",
          "[{ send: readThing, with: { path: { id: \"{{lamp}}\" } } }]"),
      transport, shaped(with_states()));

  CHECK(verdict.kind == VerdictKind::passed);
  CHECK(transport.lines() == Lines{"POST /states", "POST /states", "POST /token", "GET /things/5", "POST /states", "POST /states"});
  CHECK(states_of(transport) == Lines{R"({"action":"setup","params":{"of":"oil"},"state":"a lamp exists"})",
                                      R"({"action":"setup","params":{},"state":"lit"})",
                                      R"({"action":"teardown","params":{},"state":"lit"})",
                                      R"({"action":"teardown","params":{"of":"oil"},"state":"a lamp exists"})"});
}

TEST_CASE("our own needs are states of known names where the target's file says so", "[arrange][states]") {
  struct Row {
    const char* why;
    const char* ability;
    std::string given;
    std::string state;
  };
  const auto row = GENERATE(values<Row>({
      {"records", "records", "{ records: { boxes: [{ name: a }] } }",
       R"("params":{"api":"kiosk","records":{"boxes":[{"name":"a"}]}},"state":"records")"},
      {"settings", "settings", "{ settings: { strict: true } }",
       R"("params":{"api":"kiosk","settings":{"strict":true}},"state":"settings")"},
      {"faults", "faults", "{ faults: [{ kind: reset }] }", R"("params":{"api":"kiosk","faults":[{"kind":"reset"}]},"state":"faults")"},
      {"clock", "clock", "{ clock: \"2026-01-01T00:00:00Z\" }",
       R"("params":{"api":"kiosk","clock":"2026-01-01T00:00:00.000Z"},"state":"clock")"},
      {"profile", "profile", "{ profile: observed }", R"("params":{"api":"kiosk","profile":"observed"},"state":"profile")"},
      {"ids", "ids", "{ ids: { thing: 3 } }", R"("params":{"api":"kiosk","ids":{"thing":3}},"state":"ids")"},
      {"alone", "alone", "{ alone: true }", R"("params":{"alone":true,"api":"kiosk"},"state":"alone")"},
  }));
  INFO(row.why);
  auto transport = transport_with_states();

  const auto verdict = run_kiosk(arranged_scenario(row.given), transport, shaped(with_states({row.ability})));

  CHECK(verdict.kind != VerdictKind::skipped);
  CHECK(states_of(transport) == Lines{R"({"action":"setup",)" + row.state + "}", R"({"action":"teardown",)" + row.state + "}"});
}

TEST_CASE("time and tokens are moved by the state clock", "[arrange][states]") {
  auto transport = transport_with_states();

  const auto verdict = run_kiosk(
      arranged_scenario("{ seed: 1 }",
                        "[{ advance: 61m }, { send: readThing, with: { path: { id: 1 } }, auth: expired, expect: { status: 200 } }]"),
      transport, shaped(with_states({"clock"})));

  const auto states = states_of(transport);
  REQUIRE(states.size() == 4);
  CHECK(states[0] == R"({"action":"setup","params":{"advance":"61m","api":"kiosk","milliseconds":3660000},"state":"clock"})");
  CHECK(states[1] == R"({"action":"setup","params":{"api":"kiosk","expire_tokens":true},"state":"clock"})");
  CHECK(verdict.kind != VerdictKind::skipped);
}

TEST_CASE("a state that cannot be set is an error of the stage, not of the target; what was begun is torn down", "[arrange][states]") {
  struct Row {
    const char* why;
    const char* refuses;
    std::string states;
    const char* code;
    std::size_t calls;
  };
  const auto row = GENERATE(values<Row>({
      {"it is refused", "second", "[{ name: first }, { name: second }, { name: third }]", "state-refused", 4},
      {"it gives nothing", "", "[{ name: first, returns: [lamp] }]", "state-gives-nothing", 2},
  }));
  INFO(row.why);
  auto transport = transport_with_states(row.refuses);

  const auto verdict = run_kiosk(arranged_scenario("{ states: " + row.states + " }"), transport, shaped(with_states()));

  CHECK(verdict.kind == VerdictKind::errored);
  REQUIRE(verdict.problem);
  CHECK(verdict.problem->code == row.code);
  CHECK(verdict.problem->place.line == 4);
  CHECK(states_of(transport).size() == row.calls);
  CHECK(verdict.steps.empty());
}

TEST_CASE("states are torn down after a failure and after a stop, and what was not torn down is left behind", "[arrange][states]") {
  Kiosk kiosk;
  kiosk.bend = [](const Request& request) -> std::optional<TransportResult> {
    if (request.target != "/states") return std::nullopt;
    return request.body.find("teardown") == std::string::npos ? answer(204, "") : answer(500, "stuck");
  };
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      arranged_scenario("{ states: [{ name: full }] }", "[{ send: readThing, with: { path: { id: 1 } }, expect: { status: 404 } }]"),
      transport, shaped(with_states()));

  CHECK(verdict.kind == VerdictKind::failed);
  CHECK(states_of(transport).size() == 2);
  CHECK(verdict.orphaned == Lines{"state 'full' was not torn down: the provider-states URL answered 500 to the teardown of 'full': stuck"});
}

TEST_CASE("waiting replaces a clock as far as it is allowed", "[arrange][wait]") {
  struct Row {
    const char* why;
    std::string given, steps;
    std::string reason;
    Milliseconds waited;
  };
  const std::string read = "send: readThing, with: { path: { id: 1 } }";
  const auto row = GENERATE_COPY(values<Row>({
      {"as long as allowed", "{}", "[{ advance: 4m }, { advance: 6m }]", "", Milliseconds(600'000)},
      {"longer", "{}", "[{ advance: 4m }, { advance: 7m }]",
       "the target cannot arrange clock: step 1 advances it (11m of waiting in all, --max-wait allows 10m)", Milliseconds(0)},
      {"a clock that is set", "{ clock: \"2026-01-01T00:00:00Z\" }", "[{ advance: 4m }]", "the target cannot arrange clock: given.clock",
       Milliseconds(0)},
      {"a token that lives longer", "{}", "[{ " + read + ", auth: expired }]", "the target's tokens live longer than --max-wait allows",
       Milliseconds(0)},
  }));
  INFO(row.why);
  auto transport = transport_of({});
  Milliseconds waited{0};

  const auto verdict = run_kiosk(
      arranged_scenario(row.given, row.steps), transport,
      {.shape = [](Target& target) { target.max_wait = std::chrono::minutes(10); }, .pause = [&](Milliseconds time) { waited += time; }});

  CHECK(verdict.reason == row.reason);
  CHECK(waited == row.waited);
}

TEST_CASE("headers and accounts of the target go with every request", "[arrange]") {
  auto transport = transport_of({});

  run_kiosk(arranged_scenario("{ seed: 1 }", "[{ send: readThing, with: { path: { id: 1 }, headers: { X-Who: step } } }]"), transport,
            shaped([](Target& target) {
              target.headers = {{"X-Env", "staging"}, {"X-Who", "target"}};
              target.accounts["kiosk"] = {.username = "ci", .password = "pass-of-kiosk", .key = "k"};
            }));

  REQUIRE(transport.requests.size() == 2);
  CHECK(transport.requests[0].body == R"({"password":"pass-of-kiosk","user":"ci"})");
  for (const auto& request : transport.requests) CHECK(find_header(request.headers, "X-Env") == "staging");
  CHECK(find_header(transport.requests[1].headers, "X-Who") == "step");
}
