#include "scenarios/src/match/match.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

// Codes and pointers of all findings, as one line; empty: it matches.
std::string findings_of(const char* expected, const char* actual) {
  const bool is_absent = std::string_view(actual) == "absent";
  const std::string source = is_absent ? "" : actual;
  const Json value = is_absent ? Json() : parse_json(source).value();
  std::string line;
  for (const Finding& finding : match_value(parse_json(expected).value(), is_absent ? nullptr : &value, "", {.source = source}))
    line += (line.empty() ? "" : ", ") + finding.code + " " + finding.pointer;
  return line;
}

}  // namespace

TEST_CASE("values match by type and value, objects as subset, arrays exactly", "[match]") {
  struct Row {
    const char* why;
    const char* expected;
    const char* actual;
    const char* findings;
  };
  const auto row = GENERATE(values<Row>({
      {"same text", R"("a")", R"("a")", ""},
      {"other text", R"("a")", R"("b")", "match.value "},
      {"integer and number", "150", "150.0", ""},
      {"number and integer", "150.0", "150", ""},
      {"64 bits are kept apart", "9007199254740993", "9007199254740992", "match.value "},
      {"and so are larger integers", "12345678901234567890123", "12345678901234567890124", "match.value "},
      {"a larger integer with an exponent", "12345678901234567890123", "1.2345678901234567890123e22", ""},
      {"a larger integer is no text", "12345678901234567890123", R"("12345678901234567890123")", "match.type "},
      {"all digits of a fraction count", "0.1", "0.1000000000000000000001", "match.value "},
      {"trailing zeros do not", "1.1", "1.10", ""},
      {"neither does the sign of zero", "0", "-0.0", ""},
      {"beyond doubles", "[1e400, 10e399]", "[1e400, 1e400]", ""},
      {"a number is no text", "150", R"("150")", "match.type "},
      {"true is no text", "true", R"("true")", "match.type "},
      {"null is a value", "null", "null", ""},
      {"null is not absent", R"({"a":null})", "{}", "match.missing /a"},
      {"more members are fine", R"({"a":1})", R"({"a":1,"b":2})", ""},
      {"a member missing", R"({"a":1,"b":2})", R"({"a":1})", "match.missing /b"},
      {"an object, not a list", R"({"a":1})", "[1]", "match.type "},
      {"an empty object is any object", "{}", R"({"a":1})", ""},
      {"deep", R"({"a":[{"b":1}]})", R"({"a":[{"b":2}]})", "match.value /a/0/b"},
      {"a list in order", "[1,2]", "[2,1]", "match.value /0, match.value /1"},
      {"a list too long", "[1]", "[1,2]", "match.length "},
      {"a list too short", "[1,2]", "[1]", "match.length "},
      {"a list is no object", "[]", "{}", "match.type "},
      {"names are escaped in pointers", R"({"a/b":1})", R"({"a/b":2})", "match.value /a~1b"},
  }));
  INFO(row.why);

  CHECK(findings_of(row.expected, row.actual) == row.findings);
}

TEST_CASE("each matcher accepts and refuses", "[match]") {
  struct Row {
    const char* expected;
    const char* actual;
    const char* findings;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"$type":"integer"})", "1.0", ""},
      {R"({"$type":"integer"})", "1.5", "match.type "},
      {R"({"$type":"number"})", "1", ""},
      {R"({"$type":"integer"})", "12345678901234567890123", ""},
      {R"({"$type":"integer"})", "0.1000000000000000000001", "match.type "},
      {R"({"$type":"number"})", "0.1000000000000000000001", ""},
      {R"({"$type":["string","null"]})", "null", ""},
      {R"({"$type":["string","null"]})", "1", "match.type "},
      {R"({"$type":"string"})", "absent", "match.missing "},
      {R"({"$regex":"^a+$"})", R"("aaa")", ""},
      {R"({"$regex":"b"})", R"("abc")", ""},
      {R"({"$regex":"^a+$"})", R"("ab")", "match.regex "},
      {R"({"$regex":"1"})", "1", "match.type "},
      {R"({"$min":1})", "1", ""},
      {R"({"$min":1.5})", "1", "match.min "},
      {R"({"$min":1})", R"("5")", "match.type "},
      {R"({"$min":"2026-01-01T10:00:00Z"})", R"("2026-01-01T11:00:00+01:00")", ""},
      {R"({"$min":"2026-01-01T10:00:00Z"})", R"("2026-01-01T09:59:59")", "match.min "},
      {R"({"$max":"2026-01-01T10:00:00"})", R"("2026-01-01T10:00:01Z")", "match.max "},
      {R"({"$max":"2026-01-01T10:00:00Z"})", "5", "match.type "},
      {R"({"$max":1})", "1.0", ""},
      {R"({"$max":1})", "2", "match.max "},
      {R"({"$min":12345678901234567890123})", "12345678901234567890123", ""},
      {R"({"$min":12345678901234567890124})", "12345678901234567890123", "match.min "},
      {R"({"$max":0.1})", "0.1000000000000000000001", "match.max "},
      {R"({"$max":9007199254740992})", "9007199254740993.0", "match.max "},
      {R"({"$max":1e400})", "1e399", ""},
      {R"({"$min":-1})", "18446744073709551615", ""},
      {R"({"$min":1,"$max":3})", "2", ""},
      {R"({"$min":1,"$max":3})", "4", "match.max "},
      {R"({"$length":2})", "[1,2]", ""},
      {R"({"$length":2})", R"("äö")", ""},
      {R"({"$length":1})", R"({"a":1,"b":2})", "match.length "},
      {R"({"$length":{"$min":1}})", "[]", "match.length "},
      {R"({"$length":1})", "5", "match.type "},
      {R"({"$any":true})", "null", ""},
      {R"({"$any":true})", "absent", "match.missing "},
      {R"({"$absent":true})", "absent", ""},
      {R"({"$absent":true})", "null", "match.absent "},
      {R"({"a":{"$absent":true}})", R"({"a":1})", "match.absent /a"},
      {R"({"$exact":{"a":1}})", R"({"a":1.0})", ""},
      {R"({"$exact":{"a":1}})", R"({"a":1,"b":2})", "match.extra /b"},
      {R"({"$exact":[12345678901234567890123]})", "[12345678901234567890123]", ""},
      {R"({"$exact":[12345678901234567890123]})", "[12345678901234567890124]", "match.value /0"},
      {R"({"$exact":{"a":{"b":1}}})", R"({"a":{"b":1,"c":2}})", "match.extra /a/c"},
      {R"({"$exact":{"a":1}})", "{}", "match.missing /a"},
      {R"({"$exact":{"$type":"x"}})", R"({"$type":"x"})", ""},
      {R"({"$exact":[1,2]})", "[1]", "match.length "},
      {R"({"$exact":{}})", "[]", "match.type "},
      {R"({"$contains":"xist"})", R"("already exists")", ""},
      {R"({"$contains":"z"})", R"("abc")", "match.contains "},
      {R"({"$contains":{"a":1}})", R"([{"a":2},{"a":1,"b":2}])", ""},
      {R"({"$contains":{"a":3}})", R"([{"a":2}])", "match.contains "},
      {R"({"$contains":[1,2]})", "[2,3,1]", ""},
      {R"({"$contains":[1,4]})", "[2,3,1]", "match.contains "},
      {R"({"$contains":"a"})", "1", "match.type "},
      {R"({"$contains":12345678901234567890123})", "[1,12345678901234567890123]", ""},
      {R"({"$contains":12345678901234567890123})", "[12345678901234567890124]", "match.contains "},
      {R"({"$unordered":[12345678901234567890123,1]})", "[1,12345678901234567890124]", "match.unordered "},
      {R"({"$unordered":{"by":"id","items":[{"id":12345678901234567890123,"n":1}]}})", R"([{"id":12345678901234567890123,"n":1}])", ""},
      {R"({"$unordered":[1,2]})", "[2,1]", ""},
      {R"({"$unordered":{"items":[1,2]}})", "[2,1]", ""},
      {R"({"$unordered":{"items":[1,1]}})", "[2,1]", "match.unordered "},
      {R"({"$unordered":{"items":[1]}})", "[1,2]", "match.length "},
      {R"({"$unordered":{"items":[{"$min":1},{"$max":1}]}})", "[1,2]", ""},
      {R"({"$unordered":{"by":"sku","items":[{"sku":"b","n":2},{"sku":"a"}]}})", R"([{"sku":"a"},{"sku":"b","n":2}])", ""},
      {R"({"$unordered":{"by":"/p/sku","items":[{"p":{"sku":"b"},"n":3}]}})", R"([{"p":{"sku":"b"},"n":2}])", "match.value /0/n"},
      {R"({"$unordered":{"by":"sku","items":[{"sku":"c"}]}})", R"([{"sku":"a"}])", "match.unordered "},
      {R"({"$unordered":{"by":"s","items":[{"s":"a","q":1},{"s":"a","q":3}]}})", R"([{"s":"a","q":3},{"s":"a","q":1}])", ""},
      {R"({"$unordered":{"by":"s","items":[{"s":"a","q":1},{"s":"a","q":3}]}})", R"([{"s":"a","q":1},{"s":"a","q":4}])",
       "match.value /1/q"},
      {R"({"$unordered":{"by":"s","items":[{"s":"a","q":1},{"s":"a","q":1}]}})", R"([{"s":"a","q":1},{"s":"a","q":3}])",
       "match.value /1/q"},
      {R"({"$unordered":{"by":"s","items":[{"s":"a"},{"s":"a","q":1}]}})", R"([{"s":"a","q":1},{"s":"a","q":2}])", ""},
      {R"({"$unordered":[{"$any":true},{"$min":5},1]})", "[1,5,9]", ""},
      {R"({"$unordered":[{"$any":true},{"$min":5},1]})", "[2,5,9]", "match.unordered "},
      {R"({"$unordered":[1]})", "{}", "match.type "},
      {R"({"$schema":{"type":"object","required":["a"]}})", R"({"a":1})", ""},
      {R"({"$schema":{"type":"object","required":["a"]}})", "{}", "match.schema /a"},
      {R"({"$near":{"value":10,"within":0.5}})", "10.5", ""},
      {R"({"$near":{"value":0.2,"within":0.1}})", "0.3", ""},
      {R"({"$near":{"value":10,"within":0.5}})", "10.6", "match.near "},
      {R"({"$near":{"value":9007199254740992,"within":0.5}})", "9007199254740993", "match.near "},
      {R"({"$near":{"value":12345678901234567890123,"within":1}})", "12345678901234567890124", ""},
      {R"({"$near":{"value":12345678901234567890123,"within":1}})", "12345678901234567890125", "match.near "},
      {R"({"$near":{"value":0.3,"within":0}})", "0.30000000000000004", "match.near "},
      {R"({"$near":{"value":1,"within":1e400}})", "1e400", ""},
      {R"({"$near":{"value":10,"within":0.5}})", R"("10")", "match.type "},
      {R"({"$near":{"value":"2026-03-02T09:00:00Z","within":"5s"}})", R"("2026-03-02T10:00:04.900+01:00")", ""},
      {R"({"$near":{"value":"2026-03-02T09:00:00Z","within":"5s"}})", R"("2026-03-02T08:59:54Z")", "match.near "},
      {R"({"$near":{"value":"2026-03-02T09:00:00Z","within":"5s"}})", R"("soon")", "match.type "},
      {R"({"$lexical":"150.0"})", "150.0", ""},
      {R"({"$lexical":"150.0"})", "150", "match.lexical "},
      {R"({"a":[{"$lexical":"1e2"}]})", R"({"a":[ 1e2 ]})", ""},
      {R"({"$lexical":"0.1000000000000000000001"})", "0.1000000000000000000001", ""},
      {R"({"$lexical":"1"})", "absent", "match.missing "},
      {R"({"$one_of":[1,"a"]})", R"("a")", ""},
      {R"({"$one_of":[1,"a"]})", "2", "match.one_of "},
      {R"({"$one_of":[1,12345678901234567890124]})", "12345678901234567890123", "match.one_of "},
      {R"({"$one_of":[{"$absent":true},{"$type":"string"}]})", "absent", ""},
      {R"({"$unheard":1})", "1", "match.matcher "},
      {R"({"$min":"a"})", "1", "match.matcher "},
  }));
  INFO(row.expected << " against " << row.actual);

  CHECK(findings_of(row.expected, row.actual) == row.findings);
}

TEST_CASE("a finding tells both sides with their types, and its place in the scenario", "[match]") {
  const Json actual = {{"items", {{{"price", "150"}}}}};
  const auto place = [](std::string_view pointer) { return Place{.file = "a.yaml" + std::string(pointer), .line = 7, .column = 3}; };

  const Findings findings = match_value({{"items", {{{"price", 150}}}}}, &actual, "/0/result", {.place = place});

  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "match.type");
  CHECK(findings[0].pointer == "/0/result/items/0/price");
  CHECK(findings[0].expected == "integer 150");
  CHECK(findings[0].actual == "string \"150\"");
  CHECK(findings[0].message == "found string \"150\", expected integer 150");
  CHECK(findings[0].place.file == "a.yaml/items/0/price");
}

TEST_CASE("invalid matchers are reported before anything is sent", "[match]") {
  struct Row {
    const char* why;
    const char* tree;
    const char* problem;  // pointer: message; empty: fine
  };
  const auto row = GENERATE(values<Row>({
      {"no matchers", R"({"a":[1,{"b":null}]})", ""},
      {"every word right", R"({"a":{"$type":["string"],"$length":{"$min":1}},"b":{"$unordered":{"by":"x","items":[{"$any":true}]}}})", ""},
      {"templates pass", R"({"a":{"$min":"{{n}}"},"b":{"$near":{"value":"{{t}}","within":"5s"}}})", ""},
      {"what $exact holds is no matcher", R"({"$exact":{"$whatever":1}})", ""},
      {"unknown", R"({"a":{"$regx":"x"}})", "/a/$regx: found the unknown matcher $regx (did you mean '$regex'?)"},
      {"mixed", R"({"a":{"$type":"string","b":1}})", "/a/b: found 'b' beside $type, expected only matchers in one mapping"},
      {"argument", R"([{"$min":true}])", "/0/$min: found boolean true, expected $min: a number, or an RFC 3339 time"},
      {"no type", R"({"$type":"text"})",
       "/$type: found string \"text\", expected $type: one of null, boolean, integer, number, string, array, object, or a list of them"},
      {"inside", R"({"$one_of":[1,{"$nope":1}]})", "/$one_of/1/$nope: found the unknown matcher $nope"},
      {"inside $unordered", R"({"$unordered":{"items":[{"$any":1}]}})", "/$unordered/items/0/$any: found integer 1, expected $any: true"},
      {"characters not quoted", R"({"$lexical":150.0})",
       "/$lexical: found integer 150.0, expected $lexical: the characters of a value, quoted"},
  }));
  INFO(row.why);

  const auto problem = check_matchers(Json::parse(row.tree));

  CHECK((problem ? problem->pointer + ": " + problem->message : "") == row.problem);
}

TEST_CASE("patterns and schemas that do not compile are reported", "[match]") {
  const auto pattern = check_matchers({{"$regex", "("}});
  const auto schema = check_matchers({{"$schema", {{"typo", 1}}}});

  REQUIRE(pattern);
  CHECK_THAT(pattern->message, CONTAINS("does not compile"));
  REQUIRE(schema);
  CHECK_THAT(schema->message, CONTAINS("'/typo'"));
}
