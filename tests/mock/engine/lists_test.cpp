// An invented API whose list has every kind of filter, whose answers are completed, and whose paths have types: all of it is data.
#include "contracts/src/load/load.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

constexpr const char* kOpenapi = R"(
openapi: 3.1.0
jsonSchemaDialect: http://json-schema.org/draft-07/schema#
info: { title: Harbour }
servers: [{ url: /harbour }]
paths:
  /ships:
    get:
      operationId: listShips
      parameters:
        - { name: ids, in: query, schema: { type: array, items: { type: integer } } }
        - { name: state, in: query, schema: { type: array, items: { $ref: "#/components/schemas/State" } } }
        - { name: flag, in: query, schema: { type: string } }
        - { name: word, in: query, schema: { type: string } }
        - { name: from, in: query, schema: { type: string } }
        - { name: to, in: query, schema: { type: string } }
        - { name: longer, in: query, schema: { type: number } }
        - { name: span, in: query, schema: { type: string } }
        - { name: cargo, in: query, schema: { type: string } }
        - { name: colour, in: query }
        - { name: size, in: query, schema: { type: integer } }
        - { name: page, in: query, schema: { type: integer } }
      responses: {}
  /ships/{id}:
    get:
      operationId: getShip
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, maximum: 999 } }]
      responses: {}
components:
  schemas:
    State: { type: string, enum: [moored, at_sea, anywhere, afloat], x-numbers: [0, 1, -1, 2] }
    Ship:
      required: [id]
      properties:
        id: { type: integer }
        arrived: { type: [string, "null"], x-date: local }
        captain: { properties: { name: { type: [string, "null"] } } }
        crew: { type: array }
        motto: { type: [string, "null"] }
)";
constexpr const char* kRules = R"(
binding: { enums: [name, number, numeric_string], brackets: list, empty_parameter: absent }
paths: { typed: true }
credentials: { kind: none }
refusals: { path: none, method: none, record: gone, shape: refused }
switches: { most: { documented: 4, observed: 2, about: ships on a page } }
operations:
  listShips:
    perform: list
    collection: ships
    success: ships
    page: { number: page, size: size, default: 9, maximum: { switch: most } }
    filters:
      ids: { member: /id }
      state: { member: /state, values: { anywhere: all, afloat: [0, 1] } }
      flag: { members: [/flag, /port], absent: none }
      word: { members: [/name, /port], match: contains }
      from: { members: [/changed, /arrived], match: from }
      to: { members: [/changed, /arrived], match: to }
      longer: { member: /length, match: from }
      span: { member: /arrived, match: within,
              spans: { today: [0d, 1d], this week: [0w, 1w], last month: [-1m, 0m], last year: [-1y, 0y], hours: [-6h, 0h], older: [null, -1d], all: [null, null] } }
      cargo: { member: "/cargo/*/name" }
    ignored: [colour]
  getShip: { perform: read, collection: ships, id: id, success: ship }
)";
constexpr const char* kAnswers = R"(
answers:
  ship: [{ status: 200, body: { id: "{{record.id}}", arrived: "{{record.arrived}}", url: "{{base_url}}/ships" }, schema: Ship, complete: true }]
  ships: [{ status: 200, body: { $each: "{{records}}", as: ship, body: "{{ship.id}}" }, schema: {} }]
  gone: [{ status: 404, body: gone, schema: {} }]
  none: [{ status: 404, body: none, schema: {} }]
  refused: [{ status: 400, body: "{{first.message}}", schema: {} }]
)";
constexpr const char* kCollections = R"(
collections: { ships: { id: { member: id, from: /id } } }
)";
// A Saturday.
constexpr const char* kGiven = R"({"api": "harbour", "clock": "2026-11-28T12:00:00Z", "records": {"ships": [
  {"id": 1, "name": "Anna", "state": 0, "flag": "NL", "port": "Delft", "arrived": "2026-11-28T09:00:00Z", "length": 10, "cargo": [{"name": "tin"}, {"name": "tea"}]},
  {"id": 2, "name": "Bella", "state": 1, "port": "NL", "arrived": "2026-11-27 10:00:00", "length": 20},
  {"id": 3, "name": "Delfin", "state": 5, "arrived": "10/15/2026", "changed": "2026-11-28", "length": 30},
  {"id": 4, "name": "Eos", "state": 1, "arrived": "2025-06-01"}]}})";

Contracts open_harbour() {
  ContractFiles files{.api = "harbour", .folder = "contracts/harbour"};
  files.texts = {{"openapi.yaml", kOpenapi}, {"rules.yaml", kRules}, {"answers.yaml", kAnswers}, {"collections.yaml", kCollections}};
  auto contract = parse_contract(files);
  INFO((contract ? "" : render_problem(contract.error())));
  REQUIRE(contract);
  return {.apis = {std::make_shared<const Contract>(*std::move(contract))}};
}

Json given() { return *parse_json(kGiven); }

}  // namespace

TEST_CASE("filters of a list are data", "[engine][lists]") {
  struct FilterRow {
    const char* why;
    const char* query;
    const char* found;
  };
  const auto row = GENERATE(values<FilterRow>({
      {"none", "", "[1,2,3,4]"},
      {"a list, repeated", "ids=1&ids=3", "[1,3]"},
      {"with commas", "ids=1,3", "[1,3]"},
      {"with brackets", "ids[]=1&ids[]=3", "[1,3]"},
      {"with encoded brackets", "ids%5B%5D=2", "[2]"},
      {"with indices", "ids[1]=3&ids[0]=1", "[1,3]"},
      {"brackets with a word are another parameter", "ids[a]=3", "[1,2,3,4]"},
      {"an empty list asks for nothing", "ids=", "[1,2,3,4]"},
      {"an enumeration by name", "state=at_sea", "[2,4]"},
      {"by number", "state=1", "[2,4]"},
      {"both of two", "state=moored&state=at_sea", "[1,2,4]"},
      {"a value that means several", "state=afloat", "[1,2,4]"},
      {"a value that means all", "state=anywhere", "[1,2,3,4]"},
      {"the first member that the record has", "flag=NL", "[1,2]"},
      {"not the second where it has the first", "flag=Delft", "[]"},
      {"a record without the member", "flag=none", "[3,4]"},
      {"contained in one of the members", "word=Del", "[1,3]"},
      {"from a date", "from=2026-11-27", "[1,2,3]"},
      {"in another form", "from=11/27/2026%2010:01", "[1,3]"},
      {"until a date", "to=2026-11-27T10:00:00", "[2,4]"},
      {"a span", "from=2026-01-01&to=11/27/2026%2010:00", "[2]"},
      {"not a date", "from=soon", "[1,2,3,4]"},
      {"a number without a value", "size=&longer=20", "[2,3]"},
      {"a text without a value", "flag=&word=", "[1,2,3,4]"},
      {"one of two values is empty", "size=2&size=", "[1,2]"},
      {"a number", "longer=20", "[2,3]"},
      {"today", "span=today", "[1]"},
      {"this week", "span=this%20week", "[1,2]"},
      {"last month", "span=last%20month", "[3]"},
      {"last year", "span=last%20year", "[4]"},
      {"the last hours", "span=hours", "[1]"},
      {"open at one end", "span=older", "[3,4]"},
      {"open at both", "span=all", "[1,2,3,4]"},
      {"a member of an element", "cargo=tea", "[1]"},
      {"without effect", "colour=red&mood=good", "[1,2,3,4]"},
  }));
  INFO(row.why);
  Stage stage(open_harbour(), given());

  const Reaction reaction = stage.send("GET", std::string("/harbour/ships?") + row.query);

  CHECK(reaction.text == row.found);
}

TEST_CASE("a switch has the greatest page", "[engine][lists]") {
  Json observed = given();
  observed["profile"] = "observed";
  Stage four(open_harbour(), given()), two(open_harbour(), observed);
  CHECK(four.send("GET", "/harbour/ships?size=3").text == "[1,2,3]");
  CHECK(two.send("GET", "/harbour/ships?size=3").text == "[1,2]");
}

TEST_CASE("the journal lists parameters without effect", "[engine][lists]") {
  Stage stage(open_harbour(), given());
  stage.send("GET", "/harbour/ships?colour=red&ids=1&mood=good&mood=bad");
  stage.send("GET", "/harbour/ships?ids=1");
  const Json entries = stage.journal();
  CHECK(entries.at(0).at("ignored") == Json{"colour", "mood"});
  CHECK_FALSE(entries.at(1).contains("ignored"));
}

TEST_CASE("an answer is completed from its schema", "[engine][lists]") {
  Stage stage(open_harbour(), given());
  const Reaction reaction = stage.send("GET", "/harbour/ships/2", nullptr, {{"Host", "harbour.test:81"}});
  CHECK(reaction.body == Json({{"id", 2},
                               {"arrived", "2026-11-27T10:00:00"},
                               {"captain", {{"name", nullptr}}},
                               {"crew", Json::array()},
                               {"motto", nullptr},
                               {"url", "http://harbour.test:81/harbour/ships"}}));
  CHECK(stage.mock().own_findings() == Json::array());
}

TEST_CASE("a path whose parameter has another type is another path", "[engine][lists]") {
  Stage stage(open_harbour(), given());
  CHECK(stage.send("GET", "/harbour/ships/7").text == "\"gone\"");
  for (const char* path : {"/harbour/ships/newest", "/harbour/ships/1.5", "/harbour/ships/1000", "/harbour/ships/1x"}) {
    INFO(path);
    const Reaction reaction = stage.send("GET", path);
    CHECK(reaction.text == "\"none\"");
    CHECK(find_header(reaction.headers, "Understudy-Unmatched") == "harbour.getShip, harbour.listShips");
    CHECK(stage.journal().back().at("nearest") == Json{"harbour.getShip", "harbour.listShips"});
    CHECK(stage.journal().back().at("matched") == false);
  }
  CHECK_FALSE(find_header(stage.send("GET", "/harbour/ships").headers, "Understudy-Unmatched"));
  CHECK(find_header(stage.send("DELETE", "/harbour/ships/7").headers, "Understudy-Unmatched") == "harbour.getShip, harbour.listShips");
  CHECK(find_header(stage.send("GET", "/harbour/a/b/c/d").headers, "Understudy-Unmatched") == "no operation is near");
}

}  // namespace understudy
