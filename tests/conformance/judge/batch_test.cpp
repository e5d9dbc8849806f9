// Batches as the runner sends and judges them.
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

std::string scenario(const std::string& rest) { return scenario_of("relay", rest); }

FakeTransport always(const std::string& body, int status = 200) {
  return FakeTransport([=](const Request&) { return answer(status, body); });
}

constexpr const char* kTwoCalls = R"(
steps:
  - calls:
      - { send: put, id: 7, with: { params: { list: [{ name: a }, {}] } }, expect: { items: [{ answer: item_done, body: { id: "1" } }, { answer: no_name }] }, capture: { first: $id } }
      - { send: put, id: 7, with: { params: { list: [{ name: b }] } }, expect: { answer: item_done } }
)";

}  // namespace

TEST_CASE("the credential goes in front of the calls, and only there", "[runner][batch]") {
  struct Row {
    const char* why;
    const char* auth;
    std::size_t elements;
    Json password;
  };
  const auto row = GENERATE(values<Row>({
      {"automatic", "", 2, "demo"},
      {"none", ", auth: none", 1, nullptr},
      {"garbage", ", auth: garbage", 2, kGarbageToken},
  }));
  INFO(row.why);
  auto transport = always(R"([{"api":1,"id":1,"result":[{"status":"done","id":"1"}]}])");

  run_kiosk(scenario("steps: [{ calls: [{ send: put, with: { params: { list: [{ name: a }] } }, expect: { contract: unchecked } }]" +
                     std::string(row.auth) + " }]"),
            transport);

  REQUIRE(transport.requests.size() == 1);
  const auto sent = parse_json(transport.requests.front().body);
  REQUIRE(sent.has_value());
  REQUIRE(sent->size() == row.elements);
  const Json* password = find_pointer(*sent, "/0/params/password");
  CHECK((password == nullptr ? Json() : *password) == row.password);
  CHECK(sent->back() == Json({{"api", 1}, {"method", "Put"}, {"id", 1}, {"params", {{"list", {{{"name", "a"}}}}}}}));
}

TEST_CASE("elements pair with the answering calls by order and are judged item by item", "[runner][batch]") {
  struct Row {
    const char* why;
    const char* body;
    Lines findings;
  };
  const auto row = GENERATE(values<Row>({
      {"all right",
       R"([{"api":1,"id":7,"result":[{"status":"done","id":"1"},{"status":"failed","why":"x"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {}},
      {"one element is missing", R"([{"api":1,"id":7,"result":[]}])", {"1 elements error"}},
      {"not a list", R"({"api":1})", {"1 elements error"}},
      {"no JSON", "oops", {"1 body-not-json error"}},
      {"an id is not echoed",
       R"([{"api":1,"id":8,"result":[{"status":"done","id":"1"},{"status":"failed","why":"x"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 id error"}},
      {"the envelope is missing",
       R"([{"id":7,"result":[{"status":"done","id":"1"},{"status":"failed","why":"x"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 envelope error"}},
      {"an item is dropped",
       R"([{"api":1,"id":7,"result":[{"status":"done","id":"1"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 items error"}},
      {"the items are swapped",
       R"([{"api":1,"id":7,"result":[{"status":"failed","why":"x"},{"status":"done","id":"1"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 answer error", "1 answer error", "1 match.missing error"}},
      {"an item fails in a wrong form",
       R"([{"api":1,"id":7,"result":[{"status":"failed","why":7},{"status":"failed","why":"x"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 answer error", "1 type error", "1 match.missing error"}},
      {"a value of an item differs",
       R"([{"api":1,"id":7,"result":[{"status":"done","id":"9"},{"status":"failed","why":"x"}]},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 match.value error"}},
      {"an item breaks the contract",
       R"([{"api":1,"id":7,"result":[{"status":"done","id":"1"},{"status":"failed","why":"x"}]},{"api":1,"id":7,"result":[{"status":"done","id":2}]}])",
       {"1 type error"}},
      {"the call is refused as a whole",
       R"([{"api":1,"id":7,"error":{"code":-1}},{"api":1,"id":7,"result":[{"status":"done","id":"2"}]}])",
       {"1 answer error"}},
  }));
  INFO(row.why);
  auto transport = always(row.body);

  const auto verdict = run_kiosk(scenario(kTwoCalls), transport);

  CHECK(summarize(verdict) == row.findings);
}

TEST_CASE("a status other than 200 is reported before any element", "[runner][batch]") {
  auto transport = always("[]", 500);
  CHECK(summarize(run_kiosk(scenario(kTwoCalls), transport)) == Lines{"1 status error"});
}

TEST_CASE("a call that should be refused is judged by the call's answers", "[runner][batch]") {
  struct Row {
    const char* why;
    const char* element;
    Lines findings;
  };
  const auto row = GENERATE(values<Row>({
      {"as expected", R"({"api":1,"id":1,"error":{"code":-1}})", {}},
      {"with another code", R"({"api":1,"id":1,"error":{"code":-2}})", {"1 answer error"}},
      {"not at all", R"({"api":1,"id":1,"result":[{"status":"done","id":"1"}]})", {"1 answer error"}},
  }));
  INFO(row.why);
  auto transport = always("[" + std::string(row.element) + "]");

  const auto verdict = run_kiosk(scenario("steps: [{ auth: garbage, calls: [{ send: put, with: { params: { list: [{ name: a }] } }, "
                                          "expect: { answer: not_authorized } }] }]"),
                                 transport);

  CHECK(summarize(verdict) == row.findings);
}

TEST_CASE("an item that should be refused and is not names the rule of that item", "[runner][batch]") {
  auto transport = always(R"([{"api":1,"id":1,"result":[{"status":"done","id":"1"},{"status":"done","id":"2"}]}])");
  const auto verdict = run_kiosk(scenario("steps: [{ calls: [{ send: put, with: { params: { list: [{ name: a }, {}] } }, expect: { items: "
                                          "[{ answer: item_done }, { answer: no_name }] } }] }]"),
                                 transport);
  REQUIRE(summarize(verdict) == Lines{"1 answer error"});
  const auto& finding = verdict.steps.front().differences.front().finding;
  CHECK(finding.rule == "relay.put.name-required");
  CHECK(finding.source == "relay:4");
  CHECK(finding.pointer == "/result/1");
}

TEST_CASE("a repeated batch sends the same calls; change names them by position", "[runner][batch]") {
  auto transport = always(R"([{"api":1,"id":1,"result":[{"status":"done","id":"1"}]}])");
  run_kiosk(scenario(R"(
steps:
  - { name: put, calls: [{ send: put, with: { params: { list: [{ name: "a-{{run.id}}" }] } } }] }
  - { name: again, repeat: put }
  - { name: other, repeat: put, change: { /0/params/list/0/name: b } }
)"),
            transport);
  REQUIRE(transport.requests.size() == 3);
  CHECK(transport.requests[1].body == transport.requests[0].body);
  const auto other = parse_json(transport.requests[2].body);
  REQUIRE(other.has_value());
  CHECK(other->at(1).at("params").at("list").at(0).at("name") == "b");
}

TEST_CASE("a repeated batch is judged by what it expects itself", "[runner][batch]") {
  std::size_t sent = 0;
  FakeTransport transport([&sent](const Request&) {
    return answer(200, ++sent == 1 ? R"([{"api":1,"id":1,"result":[{"status":"done","id":"1"}]}])"
                                   : R"([{"api":1,"id":1,"result":[{"status":"failed","why":"x"}]}])");
  });

  const auto verdict = run_kiosk(scenario(R"(
steps:
  - { name: put, calls: [{ send: put, with: { params: { list: [{ name: a }] } }, expect: { answer: item_done }, capture: { one: $id } }] }
  - { name: again, repeat: put }
  - { name: wrong, repeat: put, expect: { body: [{ result: [{ status: done }] }] } }
)"),
                                 transport);

  CHECK(summarize(verdict) == Lines{"3 match.value error"});
}

TEST_CASE("a missing value is reported once, not again by each expectation that needs it", "[runner][batch]") {
  auto transport = always(R"([{"api":1,"id":1,"result":[{"status":"done"},{"status":"done","id":"2"}]}])");

  const auto verdict = run_kiosk(scenario(R"(
steps:
  - calls:
      - send: put
        with: { params: { list: [{ name: a }, { name: b }] } }
        capture: { one: /result/0/id }
        expect: { items: [{ answer: item_done }, { answer: item_done, body: { id: "{{one}}" } }] }
)"),
                                 transport);

  CHECK(verdict.kind == VerdictKind::failed);
  CHECK(summarize(verdict) == Lines{"1 required error"});
}

TEST_CASE("a request's method may be a template", "[runner]") {
  auto transport = always("[]");

  run_kiosk(scenario(R"(
steps:
  - each: [{ name: one, method: PUT }, { name: two, method: PATCH }]
    request: { method: "{{method}}", path: /relay }
    expect: { contract: unchecked }
)"),
            transport);

  CHECK(transport.lines() == Lines{"PUT /relay", "PATCH /relay"});
}

TEST_CASE("a rule about records is blamed for an accepted item only where the scenario seeds its collection", "[runner][batch]") {
  struct Row {
    const char* why;
    const char* given;
    std::string rule;
    Lines findings;
  };
  const auto row = GENERATE(values<Row>({
      {"seeded: the server should have known",
       "given: { records: { stations: [{ Name: north }] } }",
       "relay.addParcels.station-known",
       {"1 answer note"}},
      {"not seeded: no server can know", "given: { records: { parcels: [{ Nr: 5 }] } }", "relay.no_station", {"1 answer error"}},
  }));
  INFO(row.why);
  FakeTransport transport([](const Request& request) {
    return answer(200, request.target.starts_with("/__admin/") ? "{}" : R"([{"v":2,"nr":1,"done":[{"ok":true,"nr":1,"code":"a"}]}])");
  });

  const auto verdict = run_kiosk(scenario(std::string(row.given) + R"(
steps:
  - calls:
      - send: addParcels
        with: { params: { parcels: [{ code: a, grams: 5, station: south }] } }
        expect: { answer: no_station }
)"),
                                 transport, {.with_admin = true, .contracts = &toy_contracts()});

  REQUIRE(summarize(verdict) == row.findings);
  CHECK(verdict.steps.front().differences.front().finding.rule == row.rule);
}
