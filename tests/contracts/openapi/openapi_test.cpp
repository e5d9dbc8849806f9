// How OpenAPI files as they are in the wild are read.
#include "contracts/src/openapi/openapi.h"

#include "tests/support/catch.h"

namespace understudy {
namespace {

Json read_shape(const std::string& text, const TextReader& read = load_text) {
  auto file = read_api("shop/shop.yaml", text, read);
  if (!file) FAIL(render_problem(file.error().front()));
  return file->shape.root;
}

// A document of this version with one schema.
std::string document_with(const std::string& version, const std::string& schema) {
  return "openapi: " + version +
         "\npaths: { /a: { get: { responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } "
         "} } }\n"
         "components: { schemas: { A: " +
         schema + ", B: { type: string } } }\n";
}

}  // namespace

TEST_CASE("a text is an API by its first member", "[openapi]") {
  struct Row {
    const char* text;
    bool is_api;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {"openapi: 3.0.0\n", true, "YAML"},
      {"# a comment\nswagger: '2.0'\n", true, "a comment before it"},
      {"info: {}\n\"openapi\": 3.1.0\n", true, "not the first member, quoted"},
      {"{\"info\": {}, \"openapi\": \"3.0.0\"}", true, "JSON"},
      {"{\"info\": {\"openapi\": 1}}", false, "the member is inside another one"},
      {"understudy: 1\nopenapi: x\n", false, "a scenario"},
      {"a: 1\n", false, "anything else"},
      {"", false, "nothing"},
  }));
  INFO(row.why);
  CHECK(is_api(row.text) == row.is_api);
}

TEST_CASE("schemas of every dialect become draft-07", "[openapi]") {
  struct Row {
    const char *version, *given, *expected, *why;
  };
  const auto row = GENERATE(values<Row>({
      {"3.0.0", "{ type: string, nullable: true }", R"({"type": ["string", "null"]})", "nullable"},
      {"3.0.0", "{ type: string, nullable: true, enum: [a] }", R"({"type": ["string", "null"], "enum": ["a", null]})",
       "nullable enumeration"},
      {"3.0.0", "{ nullable: true, allOf: [{ type: object }] }", R"({"anyOf": [{"allOf": [{"type": "object"}]}, {"type": "null"}]})",
       "nullable allOf"},
      {"3.0.0", "{ type: integer, minimum: 0, exclusiveMinimum: true }", R"({"type": "integer", "exclusiveMinimum": 0})", "a bound of 3.0"},
      {"3.1.0", "{ type: integer, exclusiveMinimum: 0 }", R"({"type": "integer", "exclusiveMinimum": 0})", "a bound of 3.1"},
      {"3.0.0", "{ type: string, format: phone, xml: {}, x-a: 1 }", R"({"type": "string"})", "what has no effect"},
      {"3.0.0", "{ type: string, pattern: '(?i)a', minLength: many }", R"({"type": "string"})", "what cannot be enforced"},
      {"3.0.0", "{ type: string, enum: [1, true] }", R"({"type": "string", "enum": ["1", "true"]})",
       "texts that YAML reads as other values"},
      {"3.0.0", "{ type: object, required: [id, a], properties: { id: { readOnly: true }, a: {} } }",
       R"({"type": "object", "required": ["a"], "properties": {"id": {"readOnly": true}, "a": {}}})", "one direction only"},
      {"3.1.0", "{ $ref: '#/components/schemas/B', maxLength: 3 }", R"({"allOf": [{"$ref": "#/components/schemas/B"}, {"maxLength": 3}]})",
       "siblings in 3.1"},
      {"3.0.0", "{ $ref: '#/components/schemas/B', maxLength: 3 }", R"({"$ref": "#/components/schemas/B"})", "siblings in 3.0"},
      {"3.0.0", "{ type: array, items: { $ref: '#/components/schemas/A' } }",
       R"({"type": "array", "items": {"$ref": "#/components/schemas/A"}})", "a schema that contains itself"},
      {"3.0.0", "{ $ref: '#/components/schemas/Missing' }", "{}", "a reference to nothing"},
      {"3.1.0", "{ type: [string, 'null'], examples: [x] }", R"({"type": ["string", "null"], "example": "x"})", "types of 3.1"},
  }));
  INFO(row.why);
  const Json shape = read_shape(document_with(row.version, row.given));
  CHECK(shape["components"]["schemas"]["A"] == Json::parse(row.expected));
}

TEST_CASE("operations are read with what surrounds them", "[openapi]") {
  const Json shape = read_shape(R"(swagger: "2.0"
basePath: /v1/
securityDefinitions: { key: { type: apiKey, in: query, name: key } }
security: [{ key: [] }]
paths:
  /a/{x}?y=1:
    parameters: [{ name: x, in: path, required: true, type: integer }]
    get: { operationId: "a/get", responses: { 200: { schema: { type: string } } } }
    post: { security: [], parameters: [{ name: f, in: formData, type: file }], responses: {} }
  /a/{y}:
    delete: { responses: {} }
)");
  CHECK(shape["servers"][0]["url"] == "/v1");
  const Json& path = shape["paths"]["/a/{x}"];
  CHECK(path["get"]["operationId"] == "a_get");
  CHECK(path["get"]["parameters"][0]["schema"] == Json{{"type", "integer"}});
  CHECK_FALSE(path["get"].contains("security"));
  CHECK(path["post"]["security"] == Json::array());
  CHECK(path["post"]["operationId"] == "postAByX");
  CHECK(path["post"]["requestBody"]["content"].contains("multipart/form-data"));
  CHECK(path["delete"]["parameters"][0]["name"] == "x");  // the other spelling of the same path
}

TEST_CASE("references to other files are followed from the file that has them", "[openapi]") {
  const TextReader read = [](const std::string& path) -> Result<std::string> {
    if (path == "shop/parts/a.yaml")
      return std::string("Name: { type: string }\nA: { properties: { name: { $ref: '#/Name' }, b: { $ref: ../b.yaml } } }\n");
    if (path == "shop/b.yaml") return std::string("type: boolean\n");
    return tl::unexpected(make_problem(Failure::bad_file, "file-unreadable", path));
  };
  const std::string text =
      "openapi: 3.0.0\npaths: { /a: { get: { responses: { '200': { content: { application/json: { schema: { $ref: 'parts/a.yaml#/A' } } } "
      "} } } } }\n";
  const Json shape = read_shape(text, read);
  CHECK(shape["components"]["schemas"]["A"]["properties"]["name"]["$ref"] == "#/components/schemas/Name");
  CHECK(shape["components"]["schemas"]["b.yaml"] == Json{{"type", "boolean"}});

  const auto missing = read_api("shop/shop.yaml", text, [](const std::string& path) -> Result<std::string> {
    return tl::unexpected(make_problem(Failure::bad_file, "file-unreadable", path));
  });
  REQUIRE_FALSE(missing);
  CHECK(missing.error().front().code == "file-missing");
  CHECK(missing.error().front().place.line == 2);
}

TEST_CASE("what has no effect is counted once for each kind", "[openapi]") {
  const auto file = read_api("shop.yaml", document_with("3.0.0", "{ xml: {}, properties: { a: { xml: {} }, b: { format: phone } } }"));
  REQUIRE(file);
  CHECK(file->ignored.at("schema keyword 'xml'") == 2);
  CHECK(file->ignored.at("format 'phone' (not checked)") == 1);
}

TEST_CASE("all problems of a file are reported together", "[openapi]") {
  const auto file = read_api("shop.yaml", "openapi: 4.0.0\ninfo: {}\n");
  REQUIRE_FALSE(file);
  REQUIRE(file.error().size() == 2);
  CHECK(file.error()[0].code == "unsupported-version");
  CHECK(file.error()[0].place.line == 1);
  CHECK(file.error()[1].code == "missing-key");
}

}  // namespace understudy
