// How the findings of a run come about: what is judged first, and what is an error or a note.
#include "conformance/run/runner.h"

#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what decides is judged first; captures, contract and the rest come after it", "[runner]") {
  struct Row {
    const char* why;
    TransportResult result;
    Lines findings;
    std::size_t requests;  // after the login
  };
  const auto row = GENERATE(values<Row>({
      {"a wrong status ends the scenario", answer(200, R"({"id":1,"name":"a"})"), {"1 status error"}, 1},
      {"so does a reset", outcome(Outcome::reset), {"1 transport error"}, 1},
      {"a body that breaks the contract does not", answer(201, R"({"id":1,"name":7})"), {"1 type error", "1 match.type error"}, 2},
      {"a capture that finds nothing does, and the rest is still reported",
       answer(201, R"({"name":"b"})"),
       {"1 required error", "1 match.value error"},
       1},
      {"a wrong media type is a finding of the contract",
       answer(201, R"({"id":1,"name":"a"})", {{"Content-Type", "text/html"}}),
       {"1 content-type error"},
       2},
      {"no JSON at all", answer(201, "<html>"), {"1 body-not-json error"}, 1},
      {"another answer of the contract is named as such", answer(409, R"({"error":"there is one"})"), {"1 status error"}, 1},
  }));
  INFO(row.why);
  Kiosk kiosk;
  kiosk.bend = when_posting(row.result);
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(kiosk_scenario(R"(
steps:
  - { send: createThing, with: { body: { name: a } }, expect: { answer: thing_created, body: { name: a } }, capture: { thing: $id } }
  - { send: readThing, with: { path: { id: 1 } } }
)"),
                                 transport);

  CHECK(summarize(verdict) == row.findings);
  CHECK(verdict.kind == VerdictKind::failed);
  CHECK(transport.requests.size() == row.requests + 1);
}

TEST_CASE("differences from what is only assumed are notes, and errors with --strict", "[runner][severity]") {
  struct Row {
    const char* why;
    const char* body;
    const char* expect;
    TransportResult result;
    std::string finding;
    std::string rule;
  };
  const auto accepted = answer(201, R"({"id":1,"name":"a"})");
  const auto row = GENERATE_COPY(values<Row>({
      {"an assumed rule is not enforced", "{ name: a, size: 0 }", "rule_broken", accepted, "1 status note",
       "kiosk.createThing.size-positive"},
      {"a documented rule is not enforced", "{ name: a, weight: 0 }", "rule_broken", accepted, "1 status error",
       "kiosk.createThing.weight-positive"},
      {"a documented shape is not enforced", "{ size: 1 }", "bad_body", accepted, "1 status error", "kiosk.createThing#/name/required"},
      {"a rule about records is not enforced", "{ name: a }", "thing_exists", accepted, "1 status error", "kiosk.createThing.name-unique"},
      {"refused in another form, where the form is assumed", "{ name: a, weight: 0 }", "rule_broken", answer(400, R"({"error":"x"})"),
       "1 status note", "kiosk.createThing.weight-positive"},
      {"refused in another form, where it is documented", "{ size: 1 }", "bad_body", answer(409, R"({"error":"x"})"), "1 status error",
       "kiosk.createThing#/name/required"},
      {"the assumed form differs in its body", "{ name: a, weight: 0 }", "rule_broken", answer(422, R"({"error":7})"), "1 type note",
       "kiosk.rule_broken"},
      {"another refusal was expected than that of the assumed rule it breaks too", "{ name: a, size: 0 }", "not_known", accepted,
       "1 status error", "kiosk.not_known"},
      {"refused for nothing", "{ name: a }", "thing_created", answer(422, R"({"error":"x"})"), "1 status error", "kiosk.thing_created"},
  }));
  INFO(row.why);
  const auto strict = GENERATE(false, true);
  Kiosk kiosk;
  kiosk.bend = when_posting(row.result);
  auto transport = transport_of(kiosk);
  const auto text = kiosk_scenario("steps:\n  - { send: createThing, with: { body: " + std::string(row.body) +
                                   " }, expect: { answer: " + row.expect + " } }\n");

  const auto verdict = run_kiosk(text, transport, {.with_admin = false, .strict = strict, .variables = Json::object()});

  auto expected = row.finding;
  if (strict && expected.ends_with("note")) expected.replace(expected.size() - 4, 4, "error");
  CHECK(summarize(verdict) == Lines{expected});
  CHECK(verdict.kind == (expected.ends_with("note") ? VerdictKind::passed : VerdictKind::failed));
  REQUIRE(verdict.steps.size() == 1);
  CHECK(verdict.steps.front().differences.front().finding.rule == row.rule);
}

TEST_CASE("a reason phrase may be in the body, beside no phrase or the registered one", "[runner][severity]") {
  struct Row {
    const char* why;
    const char* reason;
    const char* body;
    Lines findings;
  };
  const auto row = GENERATE(values<Row>({
      {"as documented", "Who Are You", R"({"error":"x"})", {}},
      {"in the body instead", "Unauthorized", R"({"error":"Who Are You"})", {}},
      {"in the body, without a phrase", "", R"({"error":"Who Are You"})", {}},
      {"in the body, beside a third phrase", "Go Away", R"({"error":"Who Are You"})", {"1 reason error"}},
      {"nowhere", "Unauthorized", R"({"error":"x"})", {"1 reason error"}},
  }));
  INFO(row.why);
  auto refused = answer(401, row.body);
  refused.response.reason = row.reason;
  Kiosk kiosk;
  kiosk.bend = when_posting(refused);
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      kiosk_scenario("steps: [{ send: createThing, auth: none, with: { body: { name: a } }, expect: { answer: not_known } }]"), transport);

  CHECK(summarize(verdict) == row.findings);
}

TEST_CASE("a refusal of the runner's own token is one cause for each operation, whatever was expected", "[runner][severity]") {
  struct Row {
    const char* why;
    const char* step;
    Lines findings;
    const char* rule;
  };
  const auto row = GENERATE(values<Row>({
      {"a success", "with: { body: { name: a } }, expect: { answer: thing_created }", {"1 credential error"}, "kiosk.createThing"},
      {"another refusal", "with: { body: { size: 1 } }, expect: { answer: bad_body }", {"1 credential error"}, "kiosk.createThing"},
      {"a status", "with: { body: { name: a } }, expect: { status: 201 }", {"1 credential error"}, "kiosk.createThing"},
      {"no token was sent",
       "auth: none, with: { body: { name: a } }, expect: { answer: thing_created }",
       {"1 status error"},
       "kiosk.thing_created"},
  }));
  INFO(row.why);
  auto refused = answer(401, R"({"error":"who?"})");
  refused.response.reason = "Who Are You";
  Kiosk kiosk;
  kiosk.bend = when_posting(refused);
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(kiosk_scenario("steps: [{ send: createThing, " + std::string(row.step) + " }]"), transport);

  CHECK(summarize(verdict) == row.findings);
  REQUIRE(verdict.steps.size() == 1);
  CHECK(verdict.steps.front().differences.front().finding.rule == row.rule);
}

TEST_CASE("an answer that the contract does not have is an error unless it is left unchecked", "[runner]") {
  struct Row {
    const char* why;
    const char* expect;
    Lines findings;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing was expected", "", {"1 undocumented-status error"}},
      {"its status was, unchecked", ", expect: { status: 502, contract: unchecked }", {}},
      {"another status was", ", expect: { status: 503, contract: unchecked }", {"1 status error"}},
  }));
  INFO(row.why);
  Kiosk kiosk;
  kiosk.bend = when_posting(answer(502, "bad gateway", {{"Content-Type", "text/plain"}}));
  auto transport = transport_of(kiosk);

  const auto verdict =
      run_kiosk(kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } }" + std::string(row.expect) + " }]"), transport);

  CHECK(summarize(verdict) == row.findings);
}
