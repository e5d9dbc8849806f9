// Values that are made from schemas.
#include "contracts/src/schema/sample.h"

#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"

namespace understudy {

TEST_CASE("a made value follows its schema, and the same seed makes the same value", "[sample]") {
  const auto schema = GENERATE(values<const char*>({
      R"({"type": "string", "minLength": 30})",
      R"({"type": "string", "maxLength": 2})",
      R"({"type": "string", "format": "date-time"})",
      R"({"type": "string", "format": "uuid"})",
      R"({"type": "string", "pattern": "^(AC|SK)[0-9a-f]{32}$"})",
      R"({"type": "string", "pattern": "^[a-z]+-\\d{2,4}(\\.[^ ])?$"})",
      R"({"type": "integer", "minimum": 5, "maximum": 7, "multipleOf": 3})",
      R"({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5})",
      R"({"enum": ["a", "b"]})",
      R"({"type": "array", "items": {"type": "integer"}, "minItems": 2})",
      R"({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}})",
      R"({"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "integer"}}}]})",
      R"({"anyOf": [{"type": "null"}, {"type": "object", "required": ["k"], "properties": {"k": {"const": 1}}}]})",
      R"({"type": "string", "example": 5})",
  }));
  INFO(schema);
  const Json document = Json::parse(schema);
  const Json made = Sampler(document, 7).make(&document);
  CHECK(SchemaSet::compile(document, {""})->check("", made).empty());
  CHECK(made == Sampler(document, 7).make(&document));
}

TEST_CASE("a value is fitted to its schema", "[sample]") {
  struct Row {
    const char *schema, *given, *expected, *why;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"properties": {"a": {"type": "string"}}})", R"({"a": "x", "b": 1, "x-path": {}})", R"({"a": "x"})",
       "undeclared members are left out"},
      {R"({"properties": {"a": {"type": "integer"}}})", R"({"a": "5"})", R"({"a": 5})", "a number as text"},
      {R"({"properties": {"a": {"type": "string"}}})", R"({"a": 5})", R"({"a": "5"})", "a text as number"},
      {R"({"properties": {"a": {"type": "string"}}})", R"({"a": null})", R"({})", "null that is not accepted"},
      {R"({"properties": {"a": {"type": ["string", "null"]}}})", R"({"a": null})", R"({"a": null})", "null that is accepted"},
      {R"({"required": ["a"], "properties": {"a": {"const": 1}}})", R"({})", R"({"a": 1})", "a required member"},
      {R"({"type": "object", "additionalProperties": {"type": "integer"}})", R"({"k": 1})", R"({"k": 1})", "a map"},
      {R"({"anyOf": [{"required": ["a"], "properties": {"a": {"type": "string"}}}, {"required": ["b"], "properties": {"b": {"type": "string"}}}]})",
       R"({"b": "x"})", R"({"b": "x"})", "the alternative that fits"},
  }));
  INFO(row.why);
  const Json schema = Json::parse(row.schema);
  CHECK(Sampler(schema, 1).fit(Json::parse(row.given), &schema, false) == Json::parse(row.expected));
}

TEST_CASE("a schema that contains itself makes a finite value", "[sample]") {
  const Json document = Json::parse(R"({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}})");
  CHECK(Sampler(document, 1).make(&document).is_object());
}

}  // namespace understudy
