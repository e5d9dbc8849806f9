// Which differences are errors at a level: evidence of aspects, of expectations, of scenarios.
#include <set>

#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy::test;

namespace understudy {
namespace {

using Lines = std::vector<std::string>;

struct EvidenceCase {
  const char* why;
  const char* head;  // of the scenario
  const char* body;  // sent
  const char* expect;
  TransportResult result;
  Lines findings;
};

std::multiset<std::string> as_set(const Lines& lines) { return {lines.begin(), lines.end()}; }

}  // namespace

TEST_CASE("an expectation has the evidence that is written nearest, else that of the contract", "[runner][severity]") {
  const auto created = answer(201, R"({"id":1,"name":"a"})");
  const auto row = GENERATE_COPY(values<EvidenceCase>({
      {"as the contract says", "", "{ name: a }", "{ answer: thing_created, body: { name: b } }", created, {"1 match.value error"}},
      {"the scenario is assumed",
       "evidence: assumed\n",
       "{ name: a }",
       "{ answer: thing_created, body: { name: b } }",
       created,
       {"1 match.value note"}},
      {"the scenario is observed, which is judged here",
       "evidence: observed\n",
       "{ name: a }",
       "{ answer: thing_created, body: { name: b } }",
       created,
       {"1 match.value error"}},
      {"the expectation is better known than the scenario",
       "evidence: assumed\n",
       "{ name: a }",
       "{ answer: thing_created, body: { name: b }, evidence: documented }",
       created,
       {"1 match.value error"}},
      {"one member is assumed",
       "",
       "{ name: a }",
       "{ answer: thing_created, body: { name: b, id: 2 }, evidence: { /name: assumed } }",
       created,
       {"1 match.value error", "1 match.value note"}},
      {"the body is assumed, the answer is not",
       "",
       "{ name: a }",
       "{ answer: thing_created, body: { name: b }, evidence: { body: assumed } }",
       answer(422, R"({"error":"x"})"),
       {"1 status error"}},
      {"the answer is assumed",
       "",
       "{ name: a }",
       "{ answer: thing_created, evidence: { answer: assumed } }",
       answer(422, R"({"error":"x"})"),
       {"1 status note"}},
      {"an assumed scenario lowers the contract's own findings, too",
       "evidence: assumed\n",
       "{ name: a }",
       "{ answer: thing_created }",
       answer(201, R"({"id":"1","name":"a"})"),
       {"1 type note"}},
      {"a wrong status does not hide a wrong body",
       "",
       "{ name: a }",
       "{ answer: thing_created }",
       answer(200, R"({"id":"1","name":"a"})"),
       {"1 status error", "1 type error"}},
      {"another refusal says nothing about the body of a success",
       "",
       "{ name: a }",
       "{ answer: thing_created }",
       answer(404, R"({"error":7})"),
       {"1 status error"}},
  }));
  INFO(row.why);
  Kiosk kiosk;
  kiosk.bend = when_posting(row.result);
  auto transport = transport_of(kiosk);
  const auto text = kiosk_scenario(std::string(row.head) + "steps:\n  - { send: createThing, with: { body: " + row.body +
                                   " }, expect: " + row.expect + " }\n");

  const auto verdict = run_kiosk(text, transport, {.with_admin = false, .strict = false, .variables = Json::object()});

  CHECK(as_set(summarize(verdict)) == as_set(row.findings));
}

}  // namespace understudy
