// Parameters of path, query and header by their schemas, and records that a read could not return.
#include "contracts/src/load/load.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

// A shelf without credentials; `parameter` is one more parameter of the list, and {n} one of a path.
Contracts open_shelf(const Json& parameter, const Json& path_schema = {{"type", "string"}}) {
  const Json name = {{"type", "object"}, {"required", {"id", "name"}}, {"properties", {{"name", {{"type", "string"}}}}}};
  const Json openapi = {
      {"openapi", "3.1.0"},
      {"jsonSchemaDialect", "http://json-schema.org/draft-07/schema#"},
      {"info", {{"title", "Shelf"}}},
      {"servers", {{{"url", "/shelf"}}}},
      {"paths",
       {{"/items", {{"get", {{"operationId", "list"}, {"parameters", Json::array({parameter})}, {"responses", Json::object()}}}}},
        {"/items/{n}",
         {{"get",
           {{"operationId", "read"},
            {"parameters", {{{"name", "n"}, {"in", "path"}, {"required", true}, {"schema", path_schema}}}},
            {"responses", Json::object()}}}}}}},
      {"components", {{"schemas", {{"Item", name}, {"State", {{"type", "string"}, {"enum", {"new", "old"}}, {"x-numbers", {0, 7}}}}}}}}};
  ContractFiles files{.api = "shelf", .folder = "contracts/shelf"};
  files.texts["openapi.yaml"] = render_json(openapi);
  files.texts["rules.yaml"] =
      "credentials: { kind: none }\nbinding: { enums: [name_ignore_case, numeric_string] }\n"
      "refusals: { path: none, record: none, shape: refused }\noperations:\n"
      "  list: { perform: list, collection: items, success: items }\n  read: { perform: read, collection: items, id: n, success: item }\n";
  files.texts["answers.yaml"] =
      "answers:\n  item: [{ status: 200, body: \"{{record}}\", schema: Item }]\n"
      "  items: [{ status: 200, body: { items: \"{{records}}\", query: \"{{query}}\" }, schema: { properties: { items: { items: { $ref: "
      "\"#/components/schemas/Item\" } } } } }]\n  none: [{ status: 404 }]\n"
      "  refused: [{ status: 400, body: { error: \"{{first.message}}\" }, schema: {} }]\n";
  files.texts["collections.yaml"] = "collections: { items: { id: { member: id, from: /name }, defaults: { state: new } } }";
  auto contract = parse_contract(files);
  INFO((contract ? "" : render_problem(contract.error())));
  REQUIRE(contract);
  return {.apis = {std::make_shared<const Contract>(*std::move(contract))}};
}

Json query_parameter(const Json& schema) { return {{"name", "q"}, {"in", "query"}, {"schema", schema}}; }

}  // namespace

TEST_CASE("a query parameter that its schema forbids is refused with a sentence that names it", "[engine][parameters]") {
  struct ParameterRow {
    const char* why;
    const char* schema;
    const char* query;
    const char* value;  // as bound; null: refused
  };
  const auto row = GENERATE(values<ParameterRow>({
      {"of the enumeration", R"({"type":"string","enum":["new","old"]})", "q=new", "\"new\""},
      {"not of it", R"({"type":"string","enum":["new","old"]})", "q=nope", nullptr},
      {"as the API reads enumerations in bodies", R"({"type":"string","enum":["new","old"],"x-numbers":[0,7]})", "q=7", "\"old\""},
      {"in any case, too", R"({"$ref":"#/components/schemas/State"})", "q=NEW", "\"new\""},
      {"a number where one is meant", R"({"type":"integer"})", "q=3", "3"},
      {"a word where a number is meant", R"({"type":"integer"})", "q=abc", nullptr},
      {"nothing where a number is meant", R"({"type":"integer"})", "q=", nullptr},
      {"a decimal where an integer is meant", R"({"type":"integer"})", "q=1.5", nullptr},
      {"what only begins like a number", R"({"type":"number"})", "q=1e400x", nullptr},
      {"the minimum", R"({"type":"integer","minimum":0})", "q=0", "0"},
      {"below it", R"({"type":"integer","minimum":0})", "q=-1", nullptr},
      {"above the maximum, beyond doubles", R"({"type":"integer","maximum":9007199254740993})", "q=9007199254740994", nullptr},
      {"too long", R"({"type":"string","maxLength":2})", "q=abc", nullptr},
      {"characters are counted, not bytes", R"({"type":"string","maxLength":2})", "q=%C3%A9%C3%A9", "\"\xC3\xA9\xC3\xA9\""},
      {"of the pattern", R"({"type":"string","pattern":"^[a-z]+$"})", "q=ab", "\"ab\""},
      {"not of it", R"({"type":"string","pattern":"^[a-z]+$"})", "q=A1", nullptr},
      {"not of the format", R"({"type":"string","format":"date"})", "q=today", nullptr},
      {"a boolean", R"({"type":"boolean"})", "q=TRUE", "true"},
      {"no boolean", R"({"type":"boolean"})", "q=yes", nullptr},
      {"without a type, as text", R"({"minLength":1})", "q=1", "\"1\""},
      {"without a type, as the number that is listed", R"({"enum":[1,2]})", "q=2", "2"},
      {"one of two types", R"({"type":["integer","string"],"maxLength":1})", "q=12", "12"},
      {"by alternatives", R"({"anyOf":[{"type":"integer"},{"type":"string","enum":["all"]}]})", "q=5", "5"},
      {"a list", R"({"type":"array","items":{"type":"integer"}})", "q=1,2&q=3", "[1,2,3]"},
      {"a list with a wrong element", R"({"type":"array","items":{"type":"integer"}})", "q=1,x", nullptr},
      {"a list that is too long", R"({"type":"array","items":{"type":"string"},"maxItems":1})", "q=a,b", nullptr},
      {"the last one counts", R"({"type":"integer"})", "q=x&q=2", "2"},
      {"everything is wrong", "false", "q=1", nullptr},
  }));
  INFO(row.why);
  Stage stage(open_shelf(query_parameter(*parse_json(row.schema))));

  const auto reaction = stage.send("GET", std::string("/shelf/items?") + row.query);

  if (row.value != nullptr) {
    CHECK(reaction.status == 200);
    CHECK(render_json(reaction.body["query"]["q"]) == row.value);
  } else {
    CHECK(reaction.status == 400);
    CHECK_THAT(reaction.body.value("error", ""), CONTAINS("query parameter q is "));
    CHECK_THAT(reaction.body.value("error", ""), CONTAINS(", expected "));
  }
}

TEST_CASE("a parameter that is required, and one of a header, are checked", "[engine][parameters]") {
  const Json required = {{"name", "q"}, {"in", "query"}, {"required", true}, {"schema", {{"type", "string"}}}};
  CHECK(Stage(open_shelf(required)).send("GET", "/shelf/items").body["error"] == "query parameter q is absent, expected a value");
  const Json header = {{"name", "X-Shop"}, {"in", "header"}, {"schema", {{"type", "integer"}}}};
  Stage stage(open_shelf(header));
  CHECK(stage.send("GET", "/shelf/items", nullptr, {{"x-shop", "1"}}).status == 200);
  CHECK(stage.send("GET", "/shelf/items", nullptr, {{"x-shop", "one"}}).body["error"] ==
        "header parameter X-Shop is string \"one\", expected integer");
  CHECK(stage.send("GET", "/shelf/items").status == 200);
}

TEST_CASE("a path parameter that its schema forbids is refused", "[engine][parameters]") {
  struct ParameterRow {
    const char* why;
    const char* segment;
    int status;
  };
  const auto row = GENERATE(values<ParameterRow>({
      {"a number", "7", 200},
      {"no record of this number", "8", 404},
      {"a word", "abc", 400},
      {"below the minimum", "0", 400},
      {"a decimal", "7.5", 400},
      {"a negative number", "-7", 400},
  }));
  INFO(row.why);
  const Json records = {{"items", {{{"name", "7"}}, {{"name", "abc"}}, {{"name", "0"}}}}};
  Stage stage(open_shelf(query_parameter({{"type", "string"}}), {{"type", "integer"}, {"minimum", 1}}),
              {{"api", "shelf"}, {"records", records}});

  const auto reaction = stage.send("GET", std::string("/shelf/items/") + row.segment);

  CHECK(reaction.status == row.status);
  if (row.status == 400) CHECK_THAT(reaction.body.value("error", ""), CONTAINS("path parameter n is "));
}

TEST_CASE("records that no answer could show are refused when they are staged", "[engine][stage]") {
  struct ParameterRow {
    const char* why;
    const char* record;
    const char* pointer;  // empty: it is staged
  };
  const auto row = GENERATE(values<ParameterRow>({
      {"a whole record", R"({"name": "a"})", ""},
      {"with more members", R"({"name": "a", "more": [null]})", ""},
      {"a wrong type", R"({"id": "a", "name": 5})", "/records/items/0/name"},
      {"null", R"({"name": null, "id": "a"})", "/records/items/0/name"},
  }));
  INFO(row.why);
  const Contracts contracts = open_shelf(query_parameter({{"type", "string"}}));
  Mock mock(contracts);

  const auto staged = mock.stage("a", {{"api", "shelf"}, {"records", {{"items", {*parse_json(row.record)}}}}});

  CHECK(staged.has_value() == std::string_view(row.pointer).empty());
  if (!staged && staged.error().code == "seed-breaks-contract") CHECK(staged.error().pointer == row.pointer);
}

TEST_CASE("records are judged anew for each document that differs", "[engine][stage]") {
  Mock mock(open_shelf(query_parameter({{"type", "string"}})));
  const auto given = [](const Json& name) { return Json{{"api", "shelf"}, {"records", {{"items", {{{"id", "a"}, {"name", name}}}}}}}; };

  for (const char* tenant : {"first", "second"}) {
    INFO(tenant);
    CHECK(mock.stage(tenant, given("a")).has_value());
    const auto refused = mock.stage(tenant, given(5));
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == "seed-breaks-contract");
    CHECK(refused.error().pointer == "/records/items/0/name");
  }
}

TEST_CASE("a record that no answer could show is refused by the admin API, and nothing is stored", "[engine][stage][admin]") {
  Stage stage(open_shelf(query_parameter({{"type", "string"}})), {{"api", "shelf"}, {"records", {{"items", {{{"name", "a"}}}}}}});

  const std::string records = "/__admin/tenants/tester/records/shelf/items";
  const Json refused = stage.send("PUT", records + "/5", {{"name", 5}}).body;

  CHECK(refused["code"] == "seed-breaks-contract");
  CHECK(refused["pointer"] == "/name");
  CHECK(stage.count("shelf.items") == 1);
  CHECK(stage.send("POST", records, Json::array({{{"name", "b"}}, {{"name", 5}}})).body["pointer"] == "/1/name");
  CHECK(stage.count("shelf.items") == 1);
}

TEST_CASE("a client of an API without credentials reaches the only scenario that is staged for it", "[engine][stage]") {
  Mock mock(open_shelf(query_parameter({{"type", "string"}})), {.demo = true});
  const Json given = {{"api", "shelf"}, {"records", {{"items", {{{"name", "lamp"}}}}}}};
  const auto status = [&](Headers headers = {}) {
    return mock.handle({.method = "GET", .target = "/shelf/items/lamp", .headers = std::move(headers)}).response.status;
  };
  CHECK(status() == 404);

  REQUIRE(mock.stage("one", given));
  CHECK(status() == 200);

  REQUIRE(mock.stage("two", given));
  CHECK(status() == 404);
  CHECK(status({{"Understudy-Tenant", "two"}}) == 200);

  REQUIRE(mock.restage({.removed = {"one"}}));
  CHECK(status() == 200);
}

}  // namespace understudy
