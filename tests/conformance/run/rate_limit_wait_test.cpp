// A rate-limited live account: the runner waits as the documented rate says, unless the scenario is about rate limits.
#include "conformance/run/rate_limit_wait.h"

#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

TransportResult answered(int status, const std::string& body) {
  TransportResult result;
  result.outcome = Outcome::answered;
  result.response.status = status;
  result.response.body = body;
  return result;
}

std::optional<Milliseconds> wait_of(const std::string& name, const Expectation& expect, const TransportResult& result) {
  const Operation& operation = *bundled_contracts().find_operation(name, "");
  const Contract& contract = *bundled_contracts().contract_of(operation);
  return find_rate_limit_wait(contract, operation, resolve_profile({}, contract), expect, result);
}

Expectation expecting(const std::string& answer) {
  Expectation expect;
  expect.answer = answer;
  return expect;
}

}  // namespace

TEST_CASE("the wait is the time in which the bucket frees one call", "[rate-limit]") {
  CHECK(wait_of("veeqo.listProducts", expecting("product_list"), answered(429, "")) == Milliseconds(200));
  CHECK(wait_of("veeqo.listProducts", {}, answered(429, "")) == Milliseconds(200));
}

TEST_CASE("there is no wait for another answer, a reset, a window, or where the scenario is about throttling", "[rate-limit]") {
  TransportResult reset;
  reset.outcome = Outcome::reset;
  Expectation literal;
  literal.status = Json(429);

  CHECK_FALSE(wait_of("veeqo.listProducts", {}, answered(200, "[]")));
  CHECK_FALSE(wait_of("veeqo.listProducts", {}, answered(401, R"({"error_messages":"You're not authorized"})")));
  CHECK_FALSE(wait_of("veeqo.listProducts", {}, reset));
  CHECK_FALSE(wait_of("veeqo.listProducts", expecting("too_many_requests"), answered(429, "")));
  CHECK_FALSE(wait_of("veeqo.listProducts", literal, answered(429, "")));
  CHECK_FALSE(wait_of("sellercloud.listCompanies", {},
                      answered(409, R"({"Error":"Too many requests.","RateLimitResetTime":"2026-03-02T13:00:00.0000000Z"})")));
}

TEST_CASE("a request to a target with a full bucket is sent again, and passes", "[rate-limit]") {
  Mock mock(bundled_contracts());
  REQUIRE(mock.stage("account", {{"api", "veeqo"}, {"limits", {{"requests", 1}, {"per_second", 5}}}}));
  const auto wire = open_wire([&](Request&& request, const Peer&) { return mock.handle(request); });
  const Folder folder;
  folder.write("three.yaml", "understudy: 1\nscenario: three reads\napi: veeqo\nsteps:\n" +
                                 std::string("  - { send: listProducts, expect: { answer: product_list } }\n") +
                                 "  - { send: listProducts, expect: { answer: product_list } }\n  - { send: listProducts }\n");

  const Ended ended = run_understudy(
      {"verify", folder.path() + "/three.yaml", "--target", "http://127.0.0.1:" + std::to_string(wire->port()), "--api-key", "account"});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK(wire->counters().requests > 3);
}
