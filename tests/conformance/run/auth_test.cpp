// How steps present themselves: logins, renewal, keys, tenants.
#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a run on the mock uses its tenant's credential, and names the tenant where no credential leads to it", "[runner][auth]") {
  struct Row {
    const char* why;
    const char* auth;
    const char* authorization;  // "" for none
    bool names_tenant;
  };
  const auto row = GENERATE(values<Row>({
      {"automatic", "", "Bearer token-number-1", false},
      {"none", ", auth: none", "", true},
      {"garbage", ", auth: garbage", "Bearer bmV2ZXI.aXNzdWVk.YnlhbnlvbmU", true},
      {"literal", ", auth: \"x-{{run.number}}\"", "Bearer x-", true},
      {"its own token by name", ", auth: \"{{token}}\"", "Bearer token-number-1", true},
      {"the usual token in another scheme", ", auth: { scheme: X-Key }", "", true},
      {"in another scheme", ", auth: { scheme: X-Key, token: garbage }", "", true},
  }));
  INFO(row.why);
  auto transport = transport_of({});

  run_kiosk(kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } }" + std::string(row.auth) +
                           ", expect: { contract: unchecked } }]"),
            transport, {.with_admin = true, .strict = false, .variables = Json::object()});

  const auto sent = std::find_if(transport.requests.begin(), transport.requests.end(),
                                 [](const Request& request) { return request.target == "/things"; });
  REQUIRE(sent != transport.requests.end());
  const auto authorization = find_header(sent->headers, "Authorization").value_or("");
  CHECK(std::string(authorization.substr(0, std::string_view(row.authorization).size())) == row.authorization);
  CHECK(authorization.empty() == std::string_view(row.authorization).empty());
  CHECK(find_header(sent->headers, "Understudy-Tenant").has_value() == row.names_tenant);
}

TEST_CASE("a token is renewed by expires_in on the scenario's clock, and never because of a 401", "[runner][auth]") {
  struct Row {
    const char* why;
    const char* advance;
    std::ptrdiff_t logins;
  };
  const auto row = GENERATE(values<Row>({
      {"still good", "50m", 1},
      {"over", "61m", 2},
      {"so close to its end that it would end on the way", "3599500ms", 2},
  }));
  INFO(row.why);
  auto transport = transport_of({});

  run_kiosk(
      kiosk_scenario(
          "given: { clock: \"2026-03-02T09:00:00Z\" }\nsteps:\n  - { send: createThing, with: { body: { name: a } } }\n  - { advance: " +
          std::string(row.advance) + " }\n  - { send: createThing, with: { body: { name: b } } }\n"),
      transport, {.with_admin = true, .strict = false, .variables = Json::object()});

  const auto lines = transport.lines();
  CHECK(std::count(lines.begin(), lines.end(), "POST /token") == row.logins);

  Kiosk refusing;
  refusing.bend = when_posting(answer(401, R"({"error":"Who Are You"})"));
  auto refused = transport_of(refusing);
  const auto verdict =
      run_kiosk(kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } }, expect: { answer: thing_created } }]"), refused);
  CHECK(verdict.kind == VerdictKind::failed);
  CHECK(refused.lines() == Lines{"POST /token", "POST /things"});
}

TEST_CASE("an expired token is one that was good: fetched, then ended by the admin", "[runner][auth]") {
  auto transport = transport_of({});
  run_kiosk(
      kiosk_scenario(
          "steps: [{ send: createThing, with: { body: { name: a } }, auth: expired }, { send: createThing, with: { body: { name: a } } }]"),
      transport, {.with_admin = true, .strict = false, .variables = Json::object()});
  CHECK(transport.lines() == Lines{"PUT /__admin/tenants/sample", "POST /token", "POST /__admin/tenants/sample/tokens/expire",
                                   "POST /things", "POST /token", "POST /things", "DELETE /__admin/tenants/sample"});
}

TEST_CASE("a login that is refused fails the step and shows the login", "[runner][auth]") {
  struct Row {
    const char* why;
    TransportResult result;
    const char* actual;
  };
  const auto row = GENERATE(values<Row>({
      {"refused", answer(403, R"({"error":"no"})"), "status 403"},
      {"no token in it", answer(200, R"({"expires_in":1})"), "status 200 without a token at /token"},
      {"reset", outcome(Outcome::reset), "reset"},
  }));
  INFO(row.why);
  Kiosk kiosk;
  kiosk.bend = [&](const Request& request) { return request.target == "/token" ? std::optional(row.result) : std::nullopt; };
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } } }]"), transport);

  CHECK(verdict.kind == VerdictKind::failed);
  CHECK(summarize(verdict) == Lines{"1 login error"});
  CHECK(verdict.steps.front().request.target == "/token");
  CHECK(verdict.steps.front().differences.front().finding.actual == row.actual);
}
