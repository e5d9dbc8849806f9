#include "conformance/compare/compare.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

struct Said {
  int status = 200;
  std::string body = "{}";
  Headers headers = {{"Content-Type", "application/json"}};
  std::string sent = "{}";
  std::string target = "/orders";
};

StepReport step(std::size_t number, const Said& said) {
  StepReport report;
  report.number = number;
  report.request = {.method = "POST", .target = said.target, .body = said.sent};
  report.result.response = {.status = said.status, .reason = "", .headers = said.headers, .body = said.body};
  return report;
}

Verdict verdict(const std::vector<Said>& said) {
  Verdict out;
  out.name = "api/scenario";
  for (const auto& one : said) out.steps.push_back(step(out.steps.size() + 1, one));
  return out;
}

std::string drifts_of(const Comparison& comparison) {
  std::string out;
  for (const auto& drift : comparison.drifts) out += drift.what + drift.pointer + ": " + drift.left + " | " + drift.right + "\n";
  return out;
}

}  // namespace

TEST_CASE("different responses of two sides are reported with their place", "[conformance][compare]") {
  struct Row {
    const char* why;
    std::vector<Said> left, right;
    const char* drifts;
  };
  const auto row = GENERATE(values<Row>({
      {"the same", {{}}, {{}}, ""},
      {"status", {{.status = 200}}, {{.status = 201}}, "status: 200 | 201\n"},
      {"a member is missing", {{.body = R"({"a":1,"b":2})"}}, {{.body = R"({"a":1})"}}, "body/b: integer 2 | absent\n"},
      {"a number as a string", {{.body = R"({"a":1})"}}, {{.body = R"({"a":"1"})"}}, "body/a: integer 1 | string \"1\"\n"},
      {"larger integers differ in the last digit",
       {{.body = R"({"a":12345678901234567890123})"}},
       {{.body = R"({"a":12345678901234567890124})"}},
       "body/a: integer 12345678901234567890123 | integer 12345678901234567890124\n"},
      {"a larger integer is what it is with an exponent",
       {{.body = R"({"a":12345678901234567890123})"}},
       {{.body = R"({"a":1.2345678901234567890123e22})"}},
       ""},
      {"long fractions differ in the last digit",
       {{.body = R"({"a":[0.1]})"}},
       {{.body = R"({"a":[0.1000000000000000000001]})"}},
       "body/a/0: number 0.1 | number 0.1000000000000000000001\n"},
      {"ids beyond 64 bits are symbols",
       {{.body = R"({"ID":12345678901234567890123})"}, {.body = R"({"OrderId":12345678901234567890123})"}},
       {{.body = R"({"ID":5})"}, {.body = R"({"OrderId":5})"}},
       ""},
      {"150 is 150.0", {{.body = R"({"a":150})"}}, {{.body = R"({"a":150.0})"}}, ""},
      {"an element more", {{.body = "[1,2]"}}, {{.body = "[1]"}}, "body: 2 elements | 1 elements\n"},
      {"null is not absent", {{.body = R"({"a":null})"}}, {{.body = "{}"}}, "body/a: null | absent\n"},
      {"a body that is no JSON", {{.body = "{}"}}, {{.body = "<html>"}}, "body: JSON object {} | string \"<html>\"\n"},
      {"the media type", {{}}, {{.headers = {{"Content-Type", "text/html"}}}}, "header content-type: application/json | text/html\n"},
      {"blanks in a media type",
       {{.headers = {{"Content-Type", "text/html; charset=utf-8"}}}},
       {{.headers = {{"content-type", "text/html;charset=UTF-8"}}}},
       ""},
      {"how an answer is carried", {{}}, {{.headers = {{"Content-Type", "application/json"}, {"Server", "x"}, {"Date", "y"}}}}, ""},
      {"ids are symbols",
       {{.body = R"({"ID":5})"}, {.body = R"({"OrderId":5})"}},
       {{.body = R"({"ID":900})"}, {.body = R"({"OrderId":900})"}},
       ""},
      {"a symbol replaces one value",
       {{.body = R"({"ID":5})"}, {.body = R"({"ID":5})"}},
       {{.body = R"({"ID":900})"}, {.body = R"({"ID":901})"}},
       "body/ID: integer 5 | integer 901\n"},
      {"two symbols do not fall into one",
       {{.body = R"([{"id":1},{"id":2}])"}},
       {{.body = R"([{"id":7},{"id":7}])"}},
       "body/1/id: integer 2 | integer 7\n"},
      {"an id of another type is no symbol", {{.body = R"({"ID":5})"}}, {{.body = R"({"ID":"5"})"}}, "body/ID: integer 5 | string \"5\"\n"},
      {"times of one form are alike", {{.body = R"({"at":"2026-03-02T09:00:00Z"})"}}, {{.body = R"({"at":"2025-01-01T00:00:01Z"})"}}, ""},
      {"times of two forms are not",
       {{.body = R"({"at":"2026-03-02T09:00:00Z"})"}},
       {{.body = R"({"at":"2026-03-02T09:00:00"})"}},
       "body/at: string \"2026-03-02T09:00:00Z\" | string \"2026-03-02T09:00:00\"\n"},
      {"what was sent differently is a symbol, in texts too",
       {{.body = R"({"m":"W-abcd1234 exists"})", .sent = R"({"ref":"W-abcd1234"})"}},
       {{.body = R"({"m":"W-zzzz9999 exists"})", .sent = R"({"ref":"W-zzzz9999"})"}},
       ""},
      {"and other texts are not",
       {{.body = R"({"m":"W-abcd1234 exists"})", .sent = R"({"ref":"W-abcd1234"})"}},
       {{.body = R"({"m":"W-yyyy5555 exists"})", .sent = R"({"ref":"W-zzzz9999"})"}},
       "body/m: string \"W-abcd1234 exists\" | string \"W-yyyy5555 exists\"\n"},
      {"an id in an address",
       {{.body = R"({"ID":5001})"}, {.body = R"({"href":"/orders/5001"})"}},
       {{.body = R"({"ID":7002})"}, {.body = R"({"href":"/orders/7002"})"}},
       ""},
      {"a short id in an address, and before the id itself",
       {{.body = R"({"at":"/x/5?y=1","id":5})"}},
       {{.body = R"({"at":"/x/9?y=1","id":9})"}},
       ""},
      {"a short id in an address, and another number",
       {{.body = R"({"id":5,"ref":"/x/5"})"}},
       {{.body = R"({"id":9,"ref":"/x/8"})"}},
       "body/ref: string \"/x/5\" | string \"/x/8\"\n"},
      {"a short id inside a number is none",
       {{.body = R"({"id":5,"ref":"/x/15"})"}},
       {{.body = R"({"id":9,"ref":"/x/19"})"}},
       "body/ref: string \"/x/15\" | string \"/x/19\"\n"},
      {"a number that is not the id may stay beside it",
       {{.body = R"({"id":5,"ref":"page 5 of /x/5"})"}},
       {{.body = R"({"id":9,"ref":"page 5 of /x/9"})"}},
       ""},
      {"ids that are words", {{.body = R"({"id":"ab","ref":"/x/ab"})"}}, {{.body = R"({"id":"cde","ref":"/x/cde"})"}}, ""},
      {"an id in a header",
       {{.body = R"({"id":5})", .headers = {{"Location", "/x/5"}}}},
       {{.body = R"({"id":9})", .headers = {{"Location", "/x/9"}}}},
       ""},
      {"the second line of a header",
       {{.headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=1"}}}},
       {{.headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}}},
       "header set-cookie: a=1 | b=1 | a=1 | b=2\n"},
      {"a line of a header is missing",
       {{.headers = {{"X-A", "1"}, {"X-A", "2"}}}},
       {{.headers = {{"X-A", "1"}}}},
       "header x-a: 1 | 2 | 1\n"},
      {"one side stops", {{}, {}}, {{}}, "steps: 2 exchanges, the last one step 2 | 1 exchanges, the last one step 1\n"},
  }));
  INFO(row.why);

  const auto comparison = compare_verdicts(verdict(row.left), verdict(row.right), {});

  CHECK(drifts_of(comparison) == row.drifts);
  CHECK((comparison.kind == Comparison::Kind::drifted) == (std::string(row.drifts) != ""));
}

TEST_CASE("what is to be ignored is no drift", "[conformance][compare]") {
  const auto left = verdict({{.body = R"({"a":{"b":1,"c":1},"l":[{"x":1}]})"}});
  const auto right = verdict({{.body = R"({"a":{"b":2,"c":2},"l":[{"x":2}]})"}});

  const auto comparison = compare_verdicts(left, right, {.ignore = {"/a/b", "/l/*/x"}});

  CHECK(drifts_of(comparison) == "body/a/c: integer 1 | integer 2\n");
}

TEST_CASE("a scenario that one side skips is not compared", "[conformance][compare]") {
  auto skipped = verdict({});
  skipped.kind = VerdictKind::skipped;
  skipped.reason = "the target cannot arrange faults: given.faults";

  const auto comparison = compare_verdicts(verdict({{}}), skipped, {});

  CHECK(comparison.kind == Comparison::Kind::skipped);
  CHECK(comparison.reason == "right: the target cannot arrange faults: given.faults");
}

TEST_CASE("equal runs have equal digests, whatever ids and times they drew", "[conformance][compare]") {
  struct Row {
    const char* why;
    std::string left, right;
    bool alike, exactly;
  };
  const auto row = GENERATE(values<Row>({
      {"the same bytes", R"({"a":1})", R"({"a":1})", true, true},
      {"another value", R"({"a":1})", R"({"a":2})", false, false},
      {"another id", R"({"ID":1})", R"({"ID":2})", true, false},
      {"another time", R"({"at":"2026-03-02T09:00:00Z"})", R"({"at":"2026-03-02T09:00:01Z"})", true, false},
      {"ids that were two are one", R"([{"id":1},{"id":2}])", R"([{"id":1},{"id":1}])", false, false},
      {"another order of elements", "[1,2]", "[2,1]", false, false},
  }));
  INFO(row.why);
  const auto left = verdict({{.body = row.left}}), right = verdict({{.body = row.right}});

  CHECK((digest_of(left, false) == digest_of(right, false)) == row.alike);
  CHECK((digest_of(left, true) == digest_of(right, true)) == row.exactly);
}
