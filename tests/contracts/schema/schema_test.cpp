#include "contracts/src/schema/schema.h"

#include <atomic>
#include <thread>

#include "tests/support/catch.h"

using namespace understudy;

namespace {

SchemaSet compile(const Json& document, const std::vector<std::string>& pointers = {""}) {
  auto compiled = SchemaSet::compile(document, pointers);
  INFO((compiled ? "" : compiled.error().pointer + ": " + compiled.error().message));
  REQUIRE(compiled);
  return std::move(*compiled);
}

// One line a finding: code pointer: actual -> expected @schema_pointer
std::string render(const Findings& findings) {
  std::string out;
  for (const auto& finding : findings) {
    out += (out.empty() ? "" : "\n") + finding.code + " " + finding.pointer + ": " + finding.actual + " -> " + finding.expected + " @" +
           finding.schema_pointer;
  }
  return out;
}

const Json kDocument = Json::parse(R"({
  "components": {"schemas": {
    "Product": {
      "type": "object",
      "required": ["ProductName", "CompanyId"],
      "properties": {
        "CompanyId": {"type": "integer", "minimum": 1},
        "ProductName": {"type": "string", "minLength": 1},
        "Tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}, "uniqueItems": true},
        "Country": {"enum": ["DE", "US", null]}
      },
      "additionalProperties": false
    },
    "Tag": {"type": "string", "pattern": "^[a-z]+$"},
    "Result": {"oneOf": [{"$ref": "#/components/schemas/Success"}, {"$ref": "#/components/schemas/Failure"}]},
    "Success": {"type": "object", "required": ["status", "id"], "properties": {"status": {"const": "success"}, "id": {"type": "string"}}},
    "Failure": {"type": "object", "required": ["status", "error"], "properties": {"status": {"const": "failure"}, "error": {"type": "object"}}},
    "Optional": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Tag"}]}
  }}
})");

}  // namespace

TEST_CASE("a finding names keyword, place, expected, actual and where the contract says so", "[contracts][schema]") {
  struct Row {
    const char* why;
    const char* schema;
    const char* value;
    const char* findings;
  };
  const auto row = GENERATE(values<Row>({
      {"fits", "Product", R"({"CompanyId":1,"ProductName":"x"})", ""},
      {"a missing member is named itself", "Product", R"({"CompanyId":1})",
       "required /ProductName: absent -> string @/components/schemas/Product/required"},
      {"limit", "Product", R"({"CompanyId":0,"ProductName":"x"})",
       "minimum /CompanyId: integer 0 -> integer >= 1 @/components/schemas/Product/properties/CompanyId/minimum"},
      {"type, at another type nothing else is judged", "Product", R"({"CompanyId":"0","ProductName":"x"})",
       "type /CompanyId: string \"0\" -> integer @/components/schemas/Product/properties/CompanyId/type"},
      {"each unwanted member", "Product", R"({"CompanyId":1,"ProductName":"x","a/b":1,"c":[]})",
       "additionalProperties /a~1b: integer 1 -> absent @/components/schemas/Product/additionalProperties\n"
       "additionalProperties /c: array [] -> absent @/components/schemas/Product/additionalProperties"},
      {"enumeration", "Product", R"({"CompanyId":1,"ProductName":"x","Country":"FR"})",
       "enum /Country: string \"FR\" -> one of \"DE\", \"US\", null @/components/schemas/Product/properties/Country/enum"},
      {"behind $ref, the place is the target's", "Product", R"({"CompanyId":1,"ProductName":"x","Tags":["a","B"]})",
       "pattern /Tags/1: string \"B\" -> string matching ^[a-z]+$ @/components/schemas/Tag/pattern"},
      {"order: missing members first, then members by name", "Product", R"({"Tags":["a","a"],"CompanyId":0})",
       "required /ProductName: absent -> string @/components/schemas/Product/required\n"
       "minimum /CompanyId: integer 0 -> integer >= 1 @/components/schemas/Product/properties/CompanyId/minimum\n"
       "uniqueItems /Tags: array whose elements 0 and 1 are both string \"a\" -> array of distinct elements "
       "@/components/schemas/Product/properties/Tags/uniqueItems"},
      {"the root has the empty pointer", "Product", "[]", "type : array [] -> object @/components/schemas/Product/type"},
      {"a union reports the branch that is meant", "Result", R"({"status":"success","id":5})",
       "type /id: integer 5 -> string @/components/schemas/Success/properties/id/type"},
      {"also when a member is missing", "Result", R"({"status":"failure"})",
       "required /error: absent -> object @/components/schemas/Failure/required"},
      {"no branch is meant", "Result", R"({"status":"maybe"})",
       "oneOf : object {\"status\":\"maybe\"} -> exactly one of: object with \"status\": \"success\" | object with \"status\": \"failure\" "
       "@/components/schemas/Result/oneOf"},
      {"by type", "Optional", "\"B\"", "pattern : string \"B\" -> string matching ^[a-z]+$ @/components/schemas/Tag/pattern"},
      {"neither type", "Optional", "5", "anyOf : integer 5 -> one of: null | string matching ^[a-z]+$ @/components/schemas/Optional/anyOf"},
  }));
  INFO(row.why);
  const auto pointer = "/components/schemas/" + std::string(row.schema);
  const auto schemas = compile(kDocument, {pointer});
  const auto value = Json::parse(row.value);

  const auto findings = schemas.check(pointer, value);

  CHECK(render(findings) == row.findings);
  CHECK(schemas.accepts(pointer, value) == findings.empty());
}

TEST_CASE("every keyword has its own words", "[contracts][schema]") {
  struct Row {
    const char* schema;
    const char* value;
    const char* finding;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"type":["integer","string","null"]})", "true", "type : boolean true -> integer, string or null @/type"},
      {R"({"const":{"a":1}})", "1", "const : integer 1 -> object {\"a\":1} @/const"},
      {R"({"enum":["a"]})", "1", "enum : integer 1 -> string \"a\" @/enum"},
      {R"({"maximum":1.5})", "2", "maximum : integer 2 -> number <= 1.5 @/maximum"},
      {R"({"type":"integer","exclusiveMinimum":0})", "0", "exclusiveMinimum : integer 0 -> integer > 0 @/exclusiveMinimum"},
      {R"({"exclusiveMaximum":1})", "1", "exclusiveMaximum : integer 1 -> number < 1 @/exclusiveMaximum"},
      {R"({"multipleOf":0.01})", "0.001", "multipleOf : number 0.001 -> number that is a multiple of 0.01 @/multipleOf"},
      {R"({"minLength":1})", "\"\"", "minLength : string \"\" of 0 characters -> string of at least 1 character @/minLength"},
      {R"({"maxLength":2})", "\"abc\"", "maxLength : string \"abc\" of 3 characters -> string of at most 2 characters @/maxLength"},
      {R"({"format":"date-time"})", "\"x\"", "format : string \"x\" -> string in format date-time @/format"},
      {R"({"minItems":1})", "[]", "minItems : array of 0 elements -> array of at least 1 element @/minItems"},
      {R"({"maxItems":1})", "[1,2]", "maxItems : array of 2 elements -> array of at most 1 element @/maxItems"},
      {R"({"contains":{"type":"integer"}})", "[\"a\"]", "contains : array [\"a\"] -> array with an element that is integer @/contains"},
      {R"({"items":[true],"additionalItems":false})", "[1,2]", "additionalItems /1: integer 2 -> absent @/additionalItems"},
      {R"({"items":[true],"additionalItems":{"type":"null"}})", "[1,2]", "type /1: integer 2 -> null @/additionalItems/type"},
      {R"({"items":[{"type":"string"}]})", "[1,2]", "type /0: integer 1 -> string @/items/0/type"},
      {R"({"minProperties":2})", R"({"a":1})", "minProperties : object of 1 member -> object of at least 2 members @/minProperties"},
      {R"({"maxProperties":0})", R"({"a":1})", "maxProperties : object of 1 member -> object of at most 0 members @/maxProperties"},
      {R"({"required":["a"]})", "{}", "required /a: absent -> present @/required"},
      {R"({"patternProperties":{"^a":{"type":"string"}}})", R"({"ab":1,"b":1})",
       "type /ab: integer 1 -> string @/patternProperties/^a/type"},
      {R"({"patternProperties":{"^a":true},"additionalProperties":false})", R"({"ab":1,"b":1})",
       "additionalProperties /b: integer 1 -> absent @/additionalProperties"},
      {R"({"additionalProperties":{"type":"string"}})", R"({"b":1})", "type /b: integer 1 -> string @/additionalProperties/type"},
      {R"({"propertyNames":{"maxLength":1}})", R"({"ab":1})",
       "propertyNames /ab: name string \"ab\" -> name: string of at most 1 character @/propertyNames"},
      {R"({"dependencies":{"a":["b"]}})", R"({"a":1})", "dependencies /b: absent -> present @/dependencies/a"},
      {R"({"dependencies":{"a":{"required":["b"]}}})", R"({"a":1})", "required /b: absent -> present @/dependencies/a/required"},
      {R"({"allOf":[{"minimum":1},{"minimum":2}]})", "1", "minimum : integer 1 -> number >= 2 @/allOf/1/minimum"},
      {R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "3",
       "oneOf : integer 3, which fits 2 of them -> exactly one of: what /oneOf/0 describes | what /oneOf/1 describes @/oneOf"},
      {R"({"title":"a number","not":{"type":"string"}})", "\"a\"", "not : string \"a\" -> a number @/not"},
      {R"({"not":{"type":"string"}})", "\"a\"", "not : string \"a\" -> anything but string @/not"},
      {R"({"if":{"type":"string"},"then":{"minLength":1},"else":{"minimum":1}})", "0", "minimum : integer 0 -> number >= 1 @/else/minimum"},
      {R"({"if":{"type":"string"},"then":{"const":"a"}})", "\"b\"", "const : string \"b\" -> string \"a\" @/then/const"},
      {R"({"properties":{"a":false}})", R"({"a":1})", "false /a: integer 1 -> absent @/properties/a"},
  }));
  INFO(row.schema);
  const auto schemas = compile(Json::parse(row.schema));

  CHECK(render(schemas.check("", Json::parse(row.value))) == row.finding);
}

TEST_CASE("a message is one sentence", "[contracts][schema]") {
  struct Row {
    const char* schema;
    const char* value;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"properties":{"a":{"minimum":1}}})", R"({"a":0})", "/a is integer 0, expected number >= 1"},
      {R"({"type":"object"})", "[]", "the value is array [], expected object"},
      {R"({"required":["a"]})", "{}", "/a is required, but absent"},
      {R"({"additionalProperties":false})", R"({"a":0})", "/a is not known here, found integer 0"},
      {R"({"dependencies":{"a":["b"]}})", R"({"a":1})", "/b is absent, but required beside /a"},
      {R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "3", "the value fits branches 0 and 1 of oneOf, expected exactly one"},
  }));
  const auto schemas = compile(Json::parse(row.schema));

  const auto findings = schemas.check("", Json::parse(row.value));

  REQUIRE(findings.size() == 1);
  CHECK(findings.front().message == row.message);
}

TEST_CASE("numbers beyond 64 bits and doubles are judged without rounding", "[contracts][schema][number]") {
  struct Row {
    const char* why;
    const char* schema;
    const char* fits;
    const char* breaks;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"const", R"({"const":12345678901234567890123})", "1.2345678901234567890123e22", "12345678901234567890124", "const"},
      {"const inside", R"({"const":{"a":[0.1000000000000000000001]}})", R"({"a":[0.10000000000000000000010]})", R"({"a":[0.1]})", "const"},
      {"enum", R"({"enum":[1,12345678901234567890123]})", "12345678901234567890123", "12345678901234567890122", "enum"},
      {"maximum", R"({"maximum":12345678901234567890123})", "12345678901234567890123", "12345678901234567890124", "maximum"},
      {"maximum of a fraction", R"({"maximum":0.1})", "0.1", "0.1000000000000000000001", "maximum"},
      {"maximum beside 2^53", R"({"maximum":9007199254740992})", "9007199254740992.0", "9007199254740993.0", "maximum"},
      {"minimum", R"({"type":"integer","minimum":12345678901234567890123})", "1e400", "12345678901234567890122", "minimum"},
      {"minimum below 64 bits", R"({"minimum":-18446744073709551617})", "-18446744073709551617", "-18446744073709551618", "minimum"},
      {"exclusiveMinimum", R"({"exclusiveMinimum":12345678901234567890123})", "12345678901234567890124", "12345678901234567890123",
       "exclusiveMinimum"},
      {"exclusiveMaximum", R"({"exclusiveMaximum":1e400})", "9.99e399", "10e399", "exclusiveMaximum"},
      {"multipleOf", R"({"multipleOf":10})", "12345678901234567890120", "12345678901234567890123", "multipleOf"},
      {"multipleOf a fraction", R"({"multipleOf":1e-22})", "0.1000000000000000000001", "0.10000000000000000000001", "multipleOf"},
      {"multipleOf a large number", R"({"multipleOf":12345678901234567890123})", "37037036703703703670369", "37037036703703703670368",
       "multipleOf"},
      {"integer", R"({"type":"integer"})", "12345678901234567890123", "0.1000000000000000000001", "type"},
      {"integer with an exponent", R"({"type":"integer"})", "1e400", "1e-400", "type"},
      {"number", R"({"type":"number"})", "0.1000000000000000000001", R"("0.1000000000000000000001")", "type"},
      {"no string", R"({"type":["integer","null"]})", "12345678901234567890123", R"("12345678901234567890123")", "type"},
      {"uniqueItems", R"({"uniqueItems":true})", "[12345678901234567890123,12345678901234567890124]", "[1e400,10e399]", "uniqueItems"},
      {"uniqueItems of a double", R"({"uniqueItems":true})", "[99999999999999999999,1e20]", "[100000000000000000000,1e20]", "uniqueItems"},
      {"maxLength as a count", R"({"maxLength":1e400})", R"("abc")", "", ""},
  }));
  INFO(row.why);
  const SchemaSet schemas = compile(parse_json(row.schema).value());

  CHECK(render(schemas.check("", parse_json(row.fits).value())).empty());
  CHECK(schemas.accepts("", parse_json(row.fits).value()));
  if (*row.breaks == '\0') return;
  const Findings findings = schemas.check("", parse_json(row.breaks).value());
  CHECK_FALSE(schemas.accepts("", parse_json(row.breaks).value()));
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().code == row.code);
}

TEST_CASE("no more findings than asked for", "[contracts][schema]") {
  const auto schemas = compile(Json::parse(R"({"items":{"type":"string"}})"));

  CHECK(schemas.check("", Json(std::vector<int>(1000, 1)), 3).size() == 3);
  CHECK(schemas.check("", Json(std::vector<int>(1000, 1))).size() == 100);
}

TEST_CASE("what would not be enforced is refused with its place", "[contracts][schema]") {
  struct Row {
    const char* why;
    const char* schema;
    const char* code;
    const char* pointer;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"a typo", R"({"properties":{"a":{"minLenght":1}}})", "unknown-keyword", "/properties/a/minLenght",
       "'minLenght' is no keyword that is enforced (did you mean 'minLength'?)"},
      {"OpenAPI 3.0", R"({"nullable":true})", "unknown-keyword", "/nullable", "write type"},
      {"2020-12", R"({"prefixItems":[]})", "unknown-keyword", "/prefixItems", "items"},
      {"2019-09", R"({"items":{"unevaluatedProperties":false}})", "unknown-keyword", "/items/unevaluatedProperties",
       "additionalProperties"},
      {"OpenAPI's own", R"({"oneOf":[{}],"discriminator":{"propertyName":"t"}})", "unknown-keyword", "/discriminator", "const"},
      {"xml", R"({"xml":{}})", "unknown-keyword", "/xml", "JSON"},
      {"externalDocs", R"({"externalDocs":{}})", "unknown-keyword", "/externalDocs", "$comment"},
      {"in an unused definition", R"({"definitions":{"a":{"tipe":"string"}}})", "unknown-keyword", "/definitions/a/tipe", "'tipe'"},
      {"$id", R"({"$id":"http://example.com/a"})", "unsupported-keyword", "/$id", "one document"},
      {"$anchor", R"({"$defs":{"a":{"$anchor":"b"}}})", "unsupported-keyword", "/$defs/a/$anchor", "one document"},
      {"an anchor as target", R"({"$ref":"#b"})", "unsupported-keyword", "/$ref", "anchor"},
      {"another document", R"({"items":{"$ref":"other.json#/a"}})", "remote-ref", "/items/$ref", "out of this document"},
      {"beside $ref", R"({"properties":{"a":{"$ref":"#/$defs/a","minimum":1}},"$defs":{"a":true}})", "ref-sibling", "/properties/a/minimum",
       "beside $ref"},
      {"$ref to nothing", R"({"not":{"$ref":"#/$defs/a"}})", "dangling-ref", "/not/$ref", "leads to nothing"},
      {"$ref to itself", R"({"$ref":"#"})", "ref-cycle", "/$ref", "leads back"},
      {"$refs in a ring", R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})", "ref-sibling", "/$defs",
       "beside $ref"},
      {"a ring below", R"({"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})", "ref-cycle",
       "/$defs/a/$ref", "leads back"},
      {"a ring through allOf", R"({"allOf":[{"$ref":"#"}]})", "ref-cycle", "", "leads back"},
      {"a ring through dependencies", R"({"items":{"dependencies":{"a":{"$ref":"#/items"}}}})", "ref-cycle", "/items", "leads back"},
      {"$ref is no string", R"({"$ref":5})", "bad-keyword-value", "/$ref", "expected a reference"},
      {"$ref to no schema", R"({"items":{"$ref":"#/x-a"},"x-a":5})", "bad-keyword-value", "/x-a", "expected a schema"},
      {"bad pattern", R"({"pattern":"(a"})", "bad-pattern", "/pattern", "missing closing parenthesis"},
      {"bad patternProperties", R"({"patternProperties":{"(a":{}}})", "bad-pattern", "/patternProperties/(a",
       "missing closing parenthesis"},
      {"unknown format", R"({"format":"datetime"})", "unknown-format", "/format", "'datetime'"},
      {"unknown type", R"({"type":"int"})", "bad-keyword-value", "/type", "found string \"int\""},
      {"draft-04 exclusiveMinimum", R"({"minimum":1,"exclusiveMinimum":true})", "bad-keyword-value", "/exclusiveMinimum",
       "found boolean true, expected number"},
      {"multipleOf 0", R"({"multipleOf":0})", "bad-keyword-value", "/multipleOf", "expected number > 0"},
      {"negative length", R"({"minLength":-1})", "bad-keyword-value", "/minLength", "expected integer >= 0"},
      {"half a length", R"({"minLength":1.5})", "bad-keyword-value", "/minLength", "expected integer >= 0"},
      {"required of draft-03", R"({"required":true})", "bad-keyword-value", "/required", "array of names"},
      {"required twice", R"({"required":["a","a"]})", "bad-keyword-value", "/required/1", "named twice"},
      {"empty enum", R"({"enum":[]})", "bad-keyword-value", "/enum", "array of values"},
      {"empty allOf", R"({"allOf":[]})", "bad-keyword-value", "/allOf", "at least one schema"},
      {"a schema that is a string", R"({"items":"string"})", "bad-keyword-value", "/items", "expected a schema"},
      {"uniqueItems is a word", R"({"uniqueItems":"yes"})", "bad-keyword-value", "/uniqueItems", "expected boolean"},
  }));
  INFO(row.why);

  const auto schemas = SchemaSet::compile(Json::parse(row.schema), {""});

  REQUIRE_FALSE(schemas);
  CHECK(schemas.error().code == row.code);
  CHECK(schemas.error().pointer == row.pointer);
  CHECK_THAT(schemas.error().message, CONTAINS(row.message));
}

TEST_CASE("annotations and extensions are allowed anywhere", "[contracts][schema]") {
  const auto schemas = compile(Json::parse(R"({
    "$schema": "http://json-schema.org/draft-07/schema#", "$comment": "c", "title": "t", "description": "d", "default": 1, "example": 1,
    "examples": [{"$ref": "#/nowhere", "tipe": 1}], "readOnly": true, "writeOnly": true, "deprecated": true, "contentMediaType": "a/b",
    "contentEncoding": "base64", "x-numbers": [1, 2], "format": "int32", "properties": {"nullable": {"x-source": "s"}, "$id": {"type": "string"}}
  })"));

  CHECK(schemas.accepts("", Json{{"$id", "a"}}));
  CHECK_FALSE(schemas.accepts("", Json{{"$id", 1}}));
}

TEST_CASE("a schema that refers to itself inside the value is fine", "[contracts][schema]") {
  const auto schemas = compile(Json::parse(R"({"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false})"));

  CHECK(schemas.accepts("", Json::parse(R"({"next":{"next":{}}})")));
  CHECK(render(schemas.check("", Json::parse(R"({"next":{"next":{"x":1}}})"))) ==
        "additionalProperties /next/next/x: integer 1 -> absent @/additionalProperties");
}

TEST_CASE("references escape as JSON Pointers and URIs do", "[contracts][schema]") {
  const auto schemas = compile(Json::parse(R"({
    "properties": {"a": {"$ref": "#/definitions/a~1b"}, "b": {"$ref": "#/definitions/c%25d"}, "c": {"$ref": "#/definitions/e~0%22f"}},
    "definitions": {"a/b": {"type": "integer"}, "c%d": {"type": "integer"}, "e~\"f": {"type": "integer"}}
  })"));

  CHECK(render(schemas.check("", Json::parse(R"({"a":"","b":"","c":""})"))) ==
        "type /a: string \"\" -> integer @/definitions/a~1b/type\n"
        "type /b: string \"\" -> integer @/definitions/c%d/type\n"
        "type /c: string \"\" -> integer @/definitions/e~0\"f/type");
}

TEST_CASE("only pointers that were compiled can be asked for", "[contracts][schema]") {
  const auto schemas = compile(kDocument, {"/components/schemas/Tag", "/components/schemas/Product"});

  CHECK(schemas.contains("/components/schemas/Tag"));
  CHECK_FALSE(schemas.contains("/components/schemas/Result"));
  CHECK(schemas.accepts("/components/schemas/Tag", "a"));
  CHECK_FALSE(SchemaSet::compile(kDocument, {"/components/schemas/Unknown"}));
}

TEST_CASE("one set judges from many threads at once, also while it compiles", "[contracts][schema]") {
  const std::vector<std::string> pointers = {"/components/schemas/Product", "/components/schemas/Result"};
  const bool later = GENERATE(false, true);
  CAPTURE(later);
  const auto schemas =
      later ? SchemaSet::compile_later(SharedJson(std::make_shared<const Json>(kDocument)), pointers) : compile(kDocument, pointers);
  const auto good = Json::parse(R"({"CompanyId":1,"ProductName":"x","Tags":["a","b"]})");
  const auto bad = Json::parse(R"({"CompanyId":1,"ProductName":"x","Tags":["a","B"]})");
  const auto failure = Json::parse(R"({"status":"failure","error":1})");
  std::atomic<int> wrong = 0;

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const bool right = schemas.accepts("/components/schemas/Product", good) &&
                           schemas.check("/components/schemas/Product", bad).size() == 1 &&
                           schemas.check("/components/schemas/Result", failure).size() == 1;
        if (!right) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(wrong == 0);
}
