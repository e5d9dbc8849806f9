// What is checked of every response, whatever the API: its headers, its text as JSON, its size.
#include "conformance/run/runner.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("what HTTP and JSON require of every response is checked with the contract", "[runner][form]") {
  const std::string right = R"({"id":1,"name":"a"})";
  const Headers json = {{"Content-Type", "application/json"}};
  const auto undecoded = [&] {
    auto result = answer(201, right);
    result.undecoded = "Content-Encoding: x cannot be decoded";
    return result;
  };
  struct Row {
    const char* why;
    TransportResult result;
    std::vector<std::string> findings;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing is wrong", answer(201, right), {}},
      {"two media types",
       answer(201, right, {{"Content-Type", "application/json"}, {"Content-Type", "text/html"}}),
       {"1 repeated-header error"}},
      {"the same media type twice", answer(201, right, {json.front(), json.front()}), {}},
      {"two addresses", answer(201, right, {json.front(), {"Location", "/1"}, {"location", "/2"}}), {"1 repeated-header error"}},
      {"two cookies", answer(201, right, {json.front(), {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}), {}},
      {"a byte order mark", answer(201, "\xEF\xBB\xBF" + right), {"1 byte-order-mark error"}},
      {"a member twice", answer(201, R"({"id":1,"name":"a","name":"a"})"), {"1 duplicate-member error"}},
      {"a member twice, deep inside", answer(201, R"({"id":1,"name":"a","l":[{"a":1,"b":2,"a":3}]})"), {"1 duplicate-member error"}},
      {"one name in two objects", answer(201, R"({"id":1,"name":"a","l":[{"a":1},{"a":1}]})"), {}},
      {"a coding that cannot be decoded", undecoded(), {"1 content-coding error"}},
  }));
  INFO(row.why);
  const bool is_checked = GENERATE(true, false);
  Kiosk kiosk;
  kiosk.bend = when_posting(row.result);
  auto transport = transport_of(kiosk);

  const auto verdict =
      run_kiosk(kiosk_scenario(std::string("steps: [{ send: createThing, with: { body: { name: a } }, expect: { status: 201") +
                               (is_checked ? "" : ", contract: unchecked") + " } }]\n"),
                transport);

  CHECK(summarize(verdict) == (is_checked ? row.findings : std::vector<std::string>{}));
}

TEST_CASE("a body whose coding cannot be decoded is wrong wherever a body is expected", "[runner][form]") {
  struct Row {
    const char* expected;
    std::vector<std::string> findings;
  };
  const auto row = GENERATE(values<Row>({
      {"status: 201, contract: unchecked", {}},
      {"status: 201, contract: unchecked, body: { name: a }", {"1 content-coding error"}},
      {"status: 201, contract: unchecked, text: { $contains: name }", {"1 content-coding error"}},
      {"status: 201, body: { name: a }", {"1 content-coding error"}},
  }));
  INFO(row.expected);
  auto undecoded = answer(201, R"({"id":1,"name":"a"})");
  undecoded.undecoded = "Content-Encoding: x cannot be decoded";
  Kiosk kiosk;
  kiosk.bend = when_posting(undecoded);
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      kiosk_scenario(std::string("steps: [{ send: createThing, with: { body: { name: a } }, expect: { ") + row.expected + " } }]\n"),
      transport);

  CHECK(summarize(verdict) == row.findings);
}

TEST_CASE("a body that is no JSON says where and why", "[runner][form]") {
  struct Row {
    std::string body;
    const char* actual;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"name":"x")", "line 1, column 12: unexpected end of input"},
      {R"({"name":"x"} more)", "line 1, column 14: "},
      {"{\n\"name\":NaN}", "line 2, column 8: invalid literal"},
      {"{\"name\":\"x\xff\"}", "invalid UTF-8"},
      {std::string(300, '[') + std::string(300, ']'), "nested deeper than 200 levels"},
      {"", "an empty body"},
  }));
  Kiosk kiosk;
  kiosk.bend = when_posting(answer(201, row.body));
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      kiosk_scenario(
          "steps: [{ send: createThing, with: { body: { name: a } }, expect: { status: 201, contract: unchecked, body: { name: x } } }]\n"),
      transport);

  REQUIRE(verdict.steps.size() == 1);
  REQUIRE(verdict.steps.front().differences.size() == 1);
  CHECK_THAT(verdict.steps.front().differences.front().finding.actual, CONTAINS(row.actual));
}

TEST_CASE("more JSON than is read ends the scenario with that reason", "[runner][form]") {
  Kiosk kiosk;
  std::string many = "[";
  for (int i = 0; i < 2'000'001; ++i) many += "1,";
  kiosk.bend = when_posting(answer(201, many + "1]"));
  auto transport = transport_of(kiosk);

  const auto verdict = run_kiosk(
      kiosk_scenario("steps: [{ send: createThing, with: { body: { name: a } } }, { send: createThing, with: { body: { name: a } } }]\n"),
      transport);

  CHECK(summarize(verdict) == std::vector<std::string>{"1 answer-limit error"});
  CHECK_THAT(verdict.steps.front().differences.front().finding.actual, CONTAINS("more than 2000000 JSON values"));
}

TEST_CASE("an answer that would need more than its bound is refused before memory is taken for it", "[runner][form]") {
  const std::string order = R"({"id":1234567,"email":"someone.long@example.test","note":"please leave the parcel with the neighbour"},)";
  struct Row {
    const char* why;
    std::string element;
    std::size_t count;
    std::size_t limit;
    const char* refusal;  // "": it is read
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"ordinary records", order, 30'000, kAnswerLimit, ""},
      {"many small objects", R"({"a":1},)", 400'000, kAnswerLimit, "more than 64 MB"},
      {"small lists", "[[1]],", 450'000, kAnswerLimit, "more than 64 MB"},
      {"short strings", R"("a",)", 900'000, kAnswerLimit, "more than 64 MB"},
      {"too many values are the first reason", R"({"a":1},)", 1'000'001, kAnswerLimit, "more than 2000000 JSON values"},
      {"also where the end is missing", "[[", 1'000'001, kAnswerLimit, "nested deeper than 200 levels"},
  }));
  CAPTURE(row.why);
  std::string body = "[";
  for (std::size_t i = 0; i < row.count; ++i) body += row.element;
  BodyForm form;

  const auto parsed = parse_answer(body + "1]", row.limit, form);

  CHECK(parsed.has_value() == (*row.refusal == '\0'));
  if (!parsed) CHECK_THAT(parsed.error().message, CONTAINS(row.refusal));
}

TEST_CASE("an expected header matches any of its lines, all of them in one, or their list", "[runner][header]") {
  struct Row {
    const char* expected;
    bool is_met;
  };
  const auto row = GENERATE(values<Row>({
      {"{ X-A: { $contains: '1' } }", true},
      {"{ x-a: { $contains: '2' } }", true},
      {"{ X-A: { $contains: '4' } }", false},
      {"{ X-A: '2' }", true},
      {"{ X-A: '1, 2' }", true},
      {"{ X-A: ['1', '2'] }", true},
      {"{ X-A: ['2', '1'] }", false},
      {"{ X-A: { $unordered: ['2', '1'] } }", true},
      {"{ X-A: { $absent: true } }", false},
      {"{ X-B: { $absent: true } }", true},
      {"{ Content-Type: [application/json] }", true},
  }));
  INFO(row.expected);
  Kiosk kiosk;
  kiosk.bend = when_posting(answer(201, R"({"id":1,"name":"a"})", {{"Content-Type", "application/json"}, {"X-A", "1"}, {"x-a", "2"}}));
  auto transport = transport_of(kiosk);

  const auto verdict =
      run_kiosk(kiosk_scenario(std::string("steps: [{ send: createThing, with: { body: { name: a } }, expect: { headers: ") + row.expected +
                               " } }]\n"),
                transport);

  CHECK(summarize(verdict).empty() == row.is_met);
}
