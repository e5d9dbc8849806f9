#include "conformance/run/runner.h"

#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a scenario logs in once, sends its steps in order and passes", "[runner]") {
  auto transport = transport_of({});
  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps:
  - { name: create, send: createThing, with: { body: { name: a, size: 2 } }, expect: { answer: thing_created, body: { name: a } }, capture: { thing: $id } }
  - { send: readThing, with: { path: { id: "{{thing}}" } }, expect: { answer: thing_read } }
)"),
                                 transport);

  CHECK(summarize(verdict).empty());
  CHECK(verdict.kind == VerdictKind::passed);
  CHECK(verdict.name == "kiosk/sample");
  CHECK(transport.lines() == Lines{"POST /token", "POST /things", "GET /things/1"});
  CHECK(*find_header(transport.requests[1].headers, "Authorization") == "Bearer token-number-1");
}

TEST_CASE("a captured number goes out with the digits that came in", "[runner][number]") {
  const std::string id = GENERATE("12345678901234567890123", "100000000000000000000", "9007199254740993", "-18446744073709551617",
                                  "0.1000000000000000000001", "1e400");
  Kiosk kiosk;
  kiosk.bend = when_posting(answer(201, R"({"id":)" + id + R"(,"name":"a"})"));
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps:
  - { send: createThing, with: { body: { name: a } }, expect: { answer: thing_created, body: { id: )" +
                                                id + R"( }, contract: unchecked }, capture: { thing: $id } }
  - { send: createThing, with: { body: { name: "thing {{thing}}", size: "{{thing}}", l: [)" +
                                                id + R"(] } }, expect: { answer: thing_created, contract: unchecked } }
  - { send: readThing, with: { path: { id: "{{thing}}" } }, expect: { status: 404, contract: unchecked } }
)"),
                                 transport);

  for (const auto& finding : summarize(verdict)) UNSCOPED_INFO(finding);
  REQUIRE(transport.requests.size() == 4);
  CHECK(transport.requests[2].body == R"({"l":[)" + id + R"(],"name":"thing )" + id + R"(","size":)" + id + "}");
  CHECK(transport.lines().back() == "GET /things/" + id);
}

TEST_CASE("repeat sends the same bytes, change alters just what it names", "[runner]") {
  auto transport = transport_of({});
  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps:
  - { name: create, send: createThing, with: { body: { name: "a-{{run.id}}", size: 1, weight: 2 } } }
  - { name: again, repeat: create }
  - { name: other, repeat: create, change: { /size: 7, /weight: { $absent: true }, /note: null } }
)"),
                                 transport);

  CHECK(verdict.kind == VerdictKind::passed);
  REQUIRE(transport.requests.size() == 4);
  CHECK(transport.requests[2].body == transport.requests[1].body);
  const auto changed = parse_json(transport.requests[3].body);
  REQUIRE(changed.has_value());
  CHECK(changed->at("size") == 7);
  CHECK_FALSE(changed->contains("weight"));
  CHECK(changed->at("note").is_null());
  CHECK(changed->at("name") == parse_json(transport.requests[1].body)->at("name"));
}

TEST_CASE("cleanup runs last first, also after a failure", "[runner][cleanup]") {
  struct Row {
    const char* why;
    const char* capture;  // of the second creation
    Lines cleanup;
    std::vector<std::string> left;
  };
  const auto row = GENERATE(values<Row>({
      {"all went well", "$id", {"DELETE /things/2", "DELETE /things/1"}, {}},
      {"the second made something that cannot be named",
       "/other",
       {"DELETE /things/1"},
       {"kiosk.deleteThing was not done: {{second}} was never captured"}},
  }));
  INFO(row.why);
  auto transport = transport_of({});

  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps:
  - { send: createThing, with: { body: { name: a } }, capture: { first: $id } }
  - { send: createThing, with: { body: { name: b } }, capture: { second: )" +
                                                std::string(row.capture) + R"( } }
cleanup:
  - { send: deleteThing, with: { path: { id: "{{first}}" } } }
  - { send: deleteThing, with: { path: { id: "{{second}}" } } }
)"),
                                 transport);

  auto lines = transport.lines();
  lines.erase(lines.begin(), lines.begin() + 3);  // the login and the creations
  CHECK(lines == row.cleanup);
  CHECK(verdict.orphaned == row.left);
}

TEST_CASE("a refused cleanup is reported with what may be orphaned", "[runner][cleanup]") {
  Kiosk kiosk;
  kiosk.bend = [](const Request& request) {
    return request.method == "DELETE" ? std::optional(answer(409, R"({"error":"no"})")) : std::nullopt;
  };
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps: [{ send: createThing, with: { body: { name: a } }, capture: { first: $id } }]
cleanup: [{ send: deleteThing, with: { path: { id: "{{first}}" } } }]
)"),
                                 transport);

  CHECK(summarize(verdict) == Lines{"cleanup 1 undocumented-status error", "cleanup 1 cleanup error"});
  CHECK(verdict.orphaned == Lines{"kiosk.deleteThing was not done: its answer was wrong"});
}

TEST_CASE("a target that cannot arrange what a scenario needs gets it skipped, with all reasons in one line", "[runner][needs]") {
  auto transport = transport_of({});
  const auto text = kiosk_scenario(R"(
given: { clock: "2026-03-02T09:00:00Z", ids: { thing: 7 }, records: { things: [{ name: a }] } }
steps: [{ send: createThing, with: { body: { name: a } } }]
)");

  const auto bare = run_kiosk(text, transport);
  CHECK(bare.kind == VerdictKind::skipped);
  CHECK(bare.reason == "the target cannot arrange clock: given.clock; ids: given.ids");
  CHECK(transport.requests.empty());

  const auto arranged = run_kiosk(text, transport, {.with_admin = true, .strict = false, .variables = Json::object()});
  CHECK(arranged.kind == VerdictKind::passed);
  CHECK(transport.lines() == Lines{"PUT /__admin/tenants/sample", "POST /token", "POST /things", "DELETE /__admin/tenants/sample"});
  const auto given = parse_json(transport.requests.front().body);
  REQUIRE(given.has_value());
  CHECK(given->at("ids") == Json{{"thing", 7}});
  CHECK(given->at("clock") == "2026-03-02T09:00:00.000Z");
  CHECK(given->at("profile") == "documented");
}

TEST_CASE("a target that cannot be reached is a problem, not a finding", "[runner]") {
  FakeTransport transport([](const Request&) { return outcome(Outcome::unreachable); });
  const auto verdict = run_kiosk(kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } } }]"), transport);
  CHECK(verdict.kind == VerdictKind::errored);
  REQUIRE(verdict.problem.has_value());
  CHECK(verdict.problem->failure == Failure::unreachable);
  CHECK(summarize(verdict).empty());
}

TEST_CASE("transport outcomes can be what is expected", "[runner]") {
  const auto wanted = GENERATE(values<std::string>({"reset", "close", "timeout", "truncated", "malformed"}));
  const auto come = GENERATE(
      values<Outcome>({Outcome::reset, Outcome::close, Outcome::timeout, Outcome::truncated, Outcome::malformed, Outcome::answered}));
  Kiosk kiosk;
  if (come != Outcome::answered) kiosk.bend = when_posting(outcome(come));
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } }, expect: { transport: " + wanted + " } }]"), transport);

  CHECK(summarize(verdict) == (wanted == to_string(come) ? Lines{} : Lines{"1 transport error"}));
}

TEST_CASE("until asks again, in the scenario's time, until the answer is right", "[runner]") {
  int asked = 0;
  Kiosk kiosk;
  kiosk.bend = [&asked](const Request& request) -> std::optional<TransportResult> {
    if (request.method != "GET") return std::nullopt;
    return ++asked < 3 ? answer(404, R"({"error":"not yet"})") : answer(200, R"({"id":1,"name":"a"})");
  };
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      kiosk_scenario(
          "steps: [{ send: readThing, with: { path: { id: 1 } }, expect: { answer: thing_read }, until: { within: 5s, every: 1s } }]"),
      transport, {.with_admin = true, .strict = false, .variables = Json::object()});

  CHECK(verdict.kind == VerdictKind::passed);
  CHECK(asked == 3);
  CHECK(verdict.steps.size() == 1);
  const auto lines = transport.lines();
  CHECK(std::count(lines.begin(), lines.end(), "POST /__admin/tenants/sample/clock/advance") == 2);
}

TEST_CASE("a request that no operation can say is judged by the refusals of its route", "[runner]") {
  struct Row {
    const char* why;
    const char* request;
    const char* expect;
    Lines findings;
  };
  const auto row = GENERATE(values<Row>({
      {"malformed JSON", "{ method: POST, path: /things, text: \"{broken\" }", "bad_body", {"1 status error"}},
      {"an unknown path", "{ method: GET, path: /nowhere }", "nothing_here", {}},
      {"a wrong method", "{ method: PATCH, path: /things }", "nothing_here", {}},
  }));
  INFO(row.why);
  auto transport = transport_of({});
  const auto verdict = run_kiosk(
      kiosk_scenario("steps: [{ request: " + std::string(row.request) + ", expect: { answer: " + row.expect + " } }]"), transport);
  CHECK(summarize(verdict) == row.findings);
}

TEST_CASE("each row of a step is sent and named", "[runner]") {
  auto transport = transport_of({});
  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps:
  - name: sizes
    send: createThing
    with: { body: { name: a, size: "{{size}}" } }
    expect: { answer: rule_broken }
    each: [{ name: zero, size: 0 }, { name: below, size: -1 }]
)"),
                                 transport);
  CHECK(verdict.kind == VerdictKind::passed);
  REQUIRE(verdict.steps.size() == 2);
  CHECK(verdict.steps[0].name == "sizes [zero]");
  CHECK(verdict.steps[1].name == "sizes [below]");
  CHECK(verdict.steps[1].number == 1);
}

TEST_CASE("a value that would turn one request into two is an error with its place, and nothing is sent", "[runner]") {
  struct Row {
    const char* why;
    const char* value;  // as YAML writes it
    const char* step;
    const char* says;  // "": it is sent
  };
  const auto row = GENERATE(values<Row>({
      {"a second header", R"(a\r\nEvil: 9)", "headers: { X-Trace: \"{{t}}\" }", "found a carriage return in header 'X-Trace'"},
      {"a bare line feed", R"(a\nEvil: 9)", "headers: { X-Trace: \"{{t}}\" }", "found a line feed in header 'X-Trace'"},
      {"a NUL", R"(a\0b)", "headers: { X-Trace: \"{{t}}\" }", "found the character 0x00 in header 'X-Trace'"},
      {"in a list of values", R"(a\nb)", "headers: { X-Trace: [ok, \"{{t}}\"] }", "found a line feed in header 'X-Trace'"},
      {"a second request", R"(x HTTP/1.1\r\n\r\nDELETE /things/1)", "path: \"/k/{{t}}\"", "found a blank in the path"},
      {"a line feed in the path", R"(x\ny)", "path: \"/k/{{t}}\"", "found a line feed in the path"},
      {"a tab in the query", R"(x\ty)", "path: \"/k?q={{t}}\"", "found the character 0x09 in the path"},
      {"a method of two lines", R"(GET /a HTTP/1.1\r\nX: )", "method: \"{{t}}\"", "found a blank in the method"},
      {"a credential is a header, too", R"(a\r\nEvil: 9)", "auth: { token: \"{{t}}\" }",
       "found a carriage return in header 'Authorization'"},
      {"a query is encoded", R"(x\r\ny z)", "query: { q: \"{{t}}\" }", ""},
      {"high bytes are allowed", "caf\u00e9", "path: \"/k/{{t}}\"", ""},
      {"a tab may stand in a header", R"(a\tb)", "headers: { X-Trace: \"{{t}}\" }", ""},
  }));
  INFO(row.why);
  auto transport = transport_of({});
  const std::string part = row.step;
  const bool is_auth = part.starts_with("auth");
  std::string request = is_auth ? "" : part;
  if (!part.starts_with("method")) request += std::string(request.empty() ? "" : ", ") + "method: GET";
  if (!part.starts_with("path")) request += ", path: /things";

  const auto verdict = run_kiosk(
      kiosk_scenario("given: { variables: { t: \"" + std::string(row.value) + "\" } }\nsteps:\n  - request: { " + request + " }\n" +
                     (is_auth ? "    " + part + "\n" : std::string("    auth: none\n")) + "    expect: { contract: unchecked }\n"),
      transport);

  if (*row.says == '\0') {
    CHECK_FALSE(verdict.problem);
    CHECK(transport.requests.size() == 1);
    return;
  }
  REQUIRE(verdict.problem);
  CHECK(verdict.problem->code == "breaks-framing");
  CHECK(verdict.problem->message.starts_with(row.says));
  CHECK((is_auth || verdict.problem->place.line > 0));
  CHECK(transport.requests.empty());
}
