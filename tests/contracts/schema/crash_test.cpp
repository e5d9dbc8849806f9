// Inputs on which valijson 1.0 alone ends the process, never ends, or answers wrongly. Each must be judged right.
#include <chrono>
#include <limits>

#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

SchemaSet compile_schema(const Json& schema) {
  auto compiled = SchemaSet::compile(schema, {""});
  INFO((compiled ? "" : compiled.error().message));
  REQUIRE(compiled);
  return std::move(*compiled);
}

std::string codes(const Findings& findings) {
  std::string out;
  for (const auto& finding : findings) out += (out.empty() ? "" : " ") + finding.code;
  return out;
}

Json nested(const std::string& name, std::size_t depth) {
  Json value = Json::object();
  for (std::size_t i = 1; i < depth; ++i) {
    Json outer = Json::object();
    outer[name] = std::move(value);
    value = std::move(outer);
  }
  return value;
}

}  // namespace

TEST_CASE("values that valijson alone judges wrongly are judged right", "[contracts][schema]") {
  struct Row {
    const char* why;
    const char* schema;
    Json value;
    const char* codes;
  };
  const auto maximum = std::numeric_limits<std::uint64_t>::max();
  const auto row = GENERATE_COPY(values<Row>({
      {"format lets null pass", R"({"type":["string","null"],"format":"date-time"})", nullptr, ""},
      {"format lets an array pass", R"({"format":"int32"})", Json::array({1}), ""},
      {"format lets an object pass", R"({"format":"date"})", Json{{"a", 1}}, ""},
      {"50,000 characters against a loop", R"({"pattern":"^(a|b)*$"})", std::string(50'000, 'a'), ""},
      {"exponential backtracking", R"({"pattern":"^(a+)+$"})", std::string(40, 'a') + "b", "undecided"},
      {"the same in patternProperties", R"({"patternProperties":{"^(a+)+$":{"type":"string"}}})", Json{{std::string(40, 'a') + "b", "x"}},
       "undecided"},
      {"negation does not turn undecided into valid", R"({"not":{"pattern":"^(a+)+$"}})", std::string(40, 'a') + "b", "undecided"},
      {"multipleOf is not cut to integers", R"({"multipleOf":2})", 2.5, "multipleOf"},
      {"19.99 is a multiple of 0.01", R"({"multipleOf":0.01})", 19.99, ""},
      {"4.35 is a multiple of 0.01", R"({"multipleOf":0.01})", 4.35, ""},
      {"4.351 is not", R"({"multipleOf":0.01})", 4.351, "multipleOf"},
      {"1e-8", R"({"multipleOf":0.00000001})", 12391239123.0, ""},
      {"far apart", R"({"multipleOf":0.123456789})", 1e308, "multipleOf"},
      {"1e308 is whole", R"({"type":"integer","multipleOf":0.5})", 1e308, ""},
      {"an unsigned beyond int64 is at least 0", R"({"minimum":0})", maximum, ""},
      {"and more than 10", R"({"maximum":10})", maximum, "maximum"},
      {"const near 2^53 is exact", R"({"const":9007199254740993})", 9007199254740992, "const"},
      {"enum near 2^53 is exact", R"({"enum":[9007199254740993]})", 9007199254740993, ""},
      {"maximum near 2^53 is exact", R"({"maximum":9007199254740992})", 9007199254740993, "maximum"},
      {"a limit that is a double", R"({"exclusiveMinimum":9007199254740992.0})", 9007199254740993, ""},
      {"1.0 is an integer", R"({"type":"integer"})", 1.0, ""},
      {"1.5 is none", R"({"type":"integer"})", 1.5, "type"},
      {"propertyNames behind $ref",
       R"({"properties":{"m":{"$ref":"#/definitions/m"}},"definitions":{"m":{"propertyNames":{"pattern":"^a"}}}})", Json{{"m", {{"b", 1}}}},
       "propertyNames"},
      {"propertyNames under additionalProperties", R"({"additionalProperties":{"propertyNames":{"maxLength":1}}})",
       Json{{"m", {{"bb", 1}}}}, "propertyNames"},
      {"a character is not a byte", R"({"pattern":"^.$"})", "\xC3\xA9", ""},
      {"lengths count characters", R"({"maxLength":1})", "\xF0\x9F\x98\x80", ""},
      {"U+0000 does not end a string", R"({"maxLength":2})", std::string("a\0bc", 4), "maxLength"},
      {"bad UTF-8 is not measured", R"({"maxLength":9})", "a\xF0\x9F", "undecided"},
      {"bad UTF-8 in a name", R"({"type":"object"})", Json{{"\xFF", 1}}, "undecided"},
      {"a limit written as a float", R"({"maxItems":2.0})", Json::array({1, 2, 3}), "maxItems"},
      {"a property that is false has a message", R"({"properties":{"a":false}})", Json{{"a", 1}}, "false"},
      {"so has a root that is false", "false", 1, "false"},
      {"2,000 distinct elements", R"({"uniqueItems":true})", Json(std::vector<int>(2000, 7)), "uniqueItems"},
      {"1 and true are distinct", R"({"uniqueItems":true})", Json::array({1, true, Json::array({1}), Json::array({true})}), ""},
      {"1 and 1.0 are not", R"({"uniqueItems":true})", Json::array({1, 1.0}), "uniqueItems"},
  }));
  INFO(row.why);
  const auto schemas = compile_schema(Json::parse(row.schema));

  const auto findings = schemas.check("", row.value);

  CHECK(codes(findings) == row.codes);
  CHECK(schemas.accepts("", row.value) == findings.empty());
}

TEST_CASE("data nested too deep for the library is undecided", "[contracts][schema]") {
  struct Row {
    const char* why;
    std::size_t depth;
    const char* codes;
  };
  const auto row = GENERATE(values<Row>({
      {"as deep as JSON text may be", kMaxJsonDepth, ""},
      {"one more", kMaxJsonDepth + 1, "undecided"},
      {"far too deep", 5'000, "undecided"},
  }));
  INFO(row.why);
  const auto schemas =
      compile_schema(Json::parse(R"({"properties":{"a":{"$ref":"#"}},"allOf":[{"patternProperties":{"a":{"type":"object"}}}]})"));

  CHECK(codes(schemas.check("", nested("a", row.depth))) == row.codes);
}

TEST_CASE("a schema nested thousands deep is refused", "[contracts][schema]") {
  const auto schemas = SchemaSet::compile(nested("not", 5'000), {""});

  REQUIRE_FALSE(schemas);
  CHECK(schemas.error().code == "too-deep");
}

TEST_CASE("1.5 million bytes of text are judged in bounded time", "[contracts][schema]") {
  const auto schemas = compile_schema(Json::parse(R"({"pattern":"^(a|b|c)*d$","format":"uri"})"));
  const auto start = std::chrono::steady_clock::now();

  const auto findings = schemas.check("", std::string(1'500'000, 'a'));

  CHECK(codes(findings) == "format undecided");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}
