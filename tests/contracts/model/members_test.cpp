#include "contracts/src/model/members.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::string render(const std::string& schema) {
  const auto document = parse_json(schema).value();
  std::string text;
  for (const auto& [pointer, at, required, type, limits, about] : list_members(document, "/root"))
    text += fmt::format("{}{} {} ({}){}\n", pointer, required ? "!" : "", type, fmt::join(limits, ", "), about.empty() ? "" : " " + about);
  return text;
}

}  // namespace

TEST_CASE("the members of a schema are listed with type, requirement and limits", "[members]") {
  struct Row {
    const char* why;
    const char* document;
    const char* rows;
  };
  const auto row = GENERATE(values<Row>({
      {"a scalar is the whole value", R"({"root": {"type": "integer", "minimum": 1}})", " integer (minimum 1)\n"},
      {"an object without limits has no row",
       R"({"root": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}}})", "/a! string ()\n/b  ()\n"},
      {"limits of the whole object", R"({"root": {"type": "object", "minProperties": 1, "additionalProperties": false}})",
       " object (no other members, minProperties 1)\n"},
      {"nested lists", R"({"root": {"type": "array", "items": {"type": "object", "properties": {"q": {"type": ["integer", "null"]}}}}})",
       " array ()\n/* object ()\n/*/q integer or null ()\n"},
      {"references",
       R"({"root": {"$ref": "#/a"}, "a": {"type": "object", "properties": {"x/y": {"$ref": "#/b"}}}, "b": {"enum": ["p", 1], "description": "why"}})",
       "/x~1y  (one of \"p\", 1) why\n"},
      {"a schema that contains itself", R"({"root": {"type": "object", "properties": {"child": {"$ref": "#/root"}}}})", "/child  ()\n"},
      {"allOf adds up",
       R"({"root": {"allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["a"], "properties": {"a": {"minLength": 1}}}]}})",
       "  ()\n/a! string (minLength 1)\n"},
      {"another part of allOf requires it", R"({"root": {"allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["a"]}]}})",
       "  ()\n/a! string ()\n"},
      {"what an alternative requires is not required",
       R"({"root": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["a"], "properties": {"a": {}}}]}})",
       " string or object ()\n/a  ()\n"},
      {"members of any name", R"({"root": {"type": "object", "additionalProperties": {"type": "string"}}})", "/(any name) string ()\n"},
      {"nothing there", R"({})", "  ()\n"},
  }));
  INFO(row.why);
  CHECK(render(row.document) == row.rows);
}
