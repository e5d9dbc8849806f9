// What is guessed from an OpenAPI file behaves like an API: the words that only guesses use, played on invented files.
#include "contracts/src/load/load.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

Contracts guessed(const std::string& file) {
  const std::string path = std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/openapi/" + file;
  const auto text = load_text(path);
  REQUIRE(text);
  auto api = parse_api(path, *text);
  if (!api) FAIL(render_problem(api.error().front()));
  return {.apis = {api->contract}};
}

const Headers kLibraryKey = {{"X-Library-Key", "tester"}};
const Headers kDepotLogin = {{"Authorization", "Basic dGVzdGVyOng="}};  // tester:x

Json book(const std::string& title, const std::string& code) { return {{"title", title}, {"code", code}}; }

}  // namespace

TEST_CASE("a created record is read, listed, replaced, changed and deleted", "[guess]") {
  Stage stage(guessed("library.json"), {{"clock", "2026-03-02T09:00:00Z"}});
  const auto created = stage.send("POST", "/v2/books", book("The Tower", "AB-1234"), kLibraryKey);
  REQUIRE(created.status == 201);
  const std::string id = created.body["id"].get<std::string>();
  const std::string path = "/v2/books/" + id;
  CHECK(id.size() == 36);
  CHECK(created.body["created_at"] == "2026-03-02T09:00:00Z");
  CHECK_FALSE(created.body.contains("author"));  // only the client sets it
  CHECK(find_header(created.headers, "Location").value_or("").ends_with(path));

  CHECK(stage.send("GET", path, nullptr, kLibraryKey).body == created.body);
  const Json list = stage.send("GET", "/v2/books", nullptr, kLibraryKey).body;
  CHECK(list["items"] == Json::array({created.body}));
  CHECK(list["total"] == 1);

  stage.admin("POST", "/clock/advance", {{"by", "1h"}});
  const auto changed = stage.send("PATCH", path, {{"subtitle", "Part one"}}, kLibraryKey);
  CHECK(changed.body["subtitle"] == "Part one");
  CHECK(changed.body["updated_at"] == "2026-03-02T10:00:00Z");
  CHECK(changed.body["created_at"] == "2026-03-02T09:00:00Z");
  const auto replaced = stage.send("PUT", path, book("The Well", "AB-1234"), kLibraryKey);
  CHECK(replaced.body["title"] == "The Well");
  CHECK_FALSE(replaced.body.contains("subtitle"));  // declared, and not sent
  CHECK(replaced.body["id"] == id);

  CHECK(stage.send("DELETE", path, nullptr, kLibraryKey).status == 204);
  CHECK(stage.send("GET", path, nullptr, kLibraryKey).status == 404);
  CHECK(stage.send("GET", "/v2/books", nullptr, kLibraryKey).body["items"].empty());
}

TEST_CASE("requests are refused as the file declares", "[guess]") {
  struct RefusedRequest {
    const char *method, *target;
    Json body;
    bool has_key;
    int status;
    const char* why;
  };
  const auto row = GENERATE(values<RefusedRequest>({
      {"POST", "/v2/books", book("A", "AB-1"), true, 422, "a pattern"},
      {"POST", "/v2/books", {{"title", "A"}}, true, 422, "a required member"},
      {"POST", "/v2/books", {{"title", "A"}, {"code", "AB-1234"}, {"pages", 0}}, true, 422, "a bound"},
      {"POST", "/v2/books", {{"title", "A"}, {"code", "AB-1234"}, {"kind", "poem"}}, true, 422, "an enumeration"},
      {"POST", "/v2/books", {{"title", "A"}, {"code", "AB-1234"}, {"more", 1}}, true, 422, "a member that is not declared"},
      {"POST", "/v2/books", book("A", "AB-1234"), false, 401, "no credential"},
      {"GET", "/v2/books?limit=0", nullptr, true, 400, "a bound in the query"},
      {"GET", "/v2/books/1", nullptr, true, 400, "an id that is no UUID"},
      {"GET", "/v2/books/123e4567-e89b-12d3-a456-426614174000", nullptr, true, 404, "an unknown id"},
      {"POST", "/v2/books/123e4567-e89b-12d3-a456-426614174000/loans", {{"reader", "Ada"}}, true, 404, "an unknown parent"},
      {"PUT", "/v2/books", nullptr, true, 405, "a method that the path does not have"},
      {"GET", "/v2/authors", nullptr, true, 404, "an unknown path"},
      {"GET", "/v2/opening-hours", nullptr, false, 200, "a public operation"},
  }));
  INFO(row.why);
  Stage stage(guessed("library.json"));
  const auto refused = stage.send(row.method, row.target, row.body, row.has_key ? kLibraryKey : Headers());
  CHECK(refused.status == row.status);
}

TEST_CASE("unique members, media types and error bodies follow the file", "[guess]") {
  Stage stage(guessed("library.json"));
  REQUIRE(stage.send("POST", "/v2/books", book("A", "AB-1234"), kLibraryKey).status == 201);
  const auto again = stage.send("POST", "/v2/books", book("B", "AB-1234"), kLibraryKey);
  CHECK(again.status == 409);
  CHECK(again.body["status"] == 409);
  CHECK(find_header(again.headers, "Content-Type") == "application/problem+json");
  Headers text = kLibraryKey;
  text.push_back({"Content-Type", "text/plain"});
  CHECK(stage.send_text("POST", "/v2/books", "a", text).status == 415);
}

TEST_CASE("lists are paged by cursor, filtered and sorted", "[guess]") {
  Stage stage(guessed("library.json"));
  for (const char* title : {"C", "A", "B"}) {
    Json one = book(title, std::string("AB-000") + std::to_string(title[0] - 'A'));
    one["author"] = title == std::string("B") ? "Bo" : "Al";
    REQUIRE(stage.send("POST", "/v2/books", one, kLibraryKey).status == 201);
  }
  const Json first = stage.send("GET", "/v2/books?limit=2&sort=title", nullptr, kLibraryKey).body;
  CHECK(first["items"][0]["title"] == "A");
  CHECK(first["has_more"] == true);
  const Json second =
      stage.send("GET", "/v2/books?limit=2&sort=title&cursor=" + first["next_cursor"].get<std::string>(), nullptr, kLibraryKey).body;
  REQUIRE(second["items"].size() == 1);
  CHECK(second["items"][0]["title"] == "C");
  CHECK(second["next_cursor"] == nullptr);
  CHECK(stage.send("GET", "/v2/books?author=Bo", nullptr, kLibraryKey).body["items"].size() == 1);
  CHECK(stage.send("GET", "/v2/books?sort=-title", nullptr, kLibraryKey).body["items"][0]["title"] == "C");
}

TEST_CASE("nested records belong to their parent", "[guess]") {
  Stage stage(guessed("library.json"));
  const auto make = [&](const char* code) {
    return "/v2/books/" + stage.send("POST", "/v2/books", book("A", code), kLibraryKey).body["id"].get<std::string>();
  };
  const std::string one = make("AB-0001"), other = make("AB-0002");
  const auto loan = stage.send("POST", one + "/loans", {{"reader", "Ada"}}, kLibraryKey);
  REQUIRE(loan.status == 201);
  CHECK(loan.body["id"] == 1);
  CHECK_FALSE(loan.body.contains("x-path"));
  CHECK(stage.send("GET", one + "/loans/1", nullptr, kLibraryKey).status == 200);
  CHECK(stage.send("GET", other + "/loans/1", nullptr, kLibraryKey).status == 404);
  CHECK(stage.send("GET", one + "/loans", nullptr, kLibraryKey).body.size() == 1);
  CHECK(stage.send("GET", other + "/loans", nullptr, kLibraryKey).body.empty());
}

TEST_CASE("a single record exists from the start and keeps what is put", "[guess]") {
  Stage stage(guessed("library.json"));
  CHECK(stage.send("GET", "/v2/settings", nullptr, kLibraryKey).body["language"] == "en");
  CHECK(stage.send("PUT", "/v2/settings", {{"language", "pl"}}, kLibraryKey).status == 200);
  CHECK(stage.send("GET", "/v2/settings", nullptr, kLibraryKey).body["language"] == "pl");
}

TEST_CASE("a token endpoint of OAuth issues tokens that expire", "[guess]") {
  Stage stage(guessed("library.json"), {{"clock", "2026-03-02T09:00:00Z"}});
  const auto token = stage.send_text("POST", "/v2/token", "grant_type=client_credentials&client_id=a&username=tester",
                                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  REQUIRE(token.status == 200);
  const Headers bearer = {{"Authorization", "Bearer " + token.body["access_token"].get<std::string>()}};
  CHECK(stage.send("GET", "/v2/books", nullptr, bearer).status == 200);
  stage.admin("POST", "/clock/advance", {{"by", "2h"}});
  CHECK(stage.send("GET", "/v2/books", nullptr, bearer).status == 401);
}

TEST_CASE("forms, updates by body and other media types work in Swagger 2.0", "[guess]") {
  Stage stage(guessed("depot.json"));
  REQUIRE(stage.send("POST", "/api/parcels", {{"id", 7}, {"to", "Ada"}, {"grams", 5}}, kDepotLogin).status == 200);
  const auto form = stage.send_text("POST", "/api/parcels/7", "status=sent", [] {
    Headers headers = kDepotLogin;
    headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    return headers;
  }());
  CHECK(form.status == 200);
  CHECK(form.body["status"] == "sent");
  CHECK(stage.send("PUT", "/api/parcels", {{"id", 7}, {"to", "Bo"}}, kDepotLogin).body["to"] == "Bo");
  CHECK(stage.send("PUT", "/api/parcels", {{"id", 8}, {"to", "Bo"}}, kDepotLogin).status == 404);
  CHECK_FALSE(stage.send("GET", "/api/parcels/7", nullptr, kDepotLogin).body.contains("grams"));
  CHECK(stage.send("GET", "/api/parcels?status=sent", nullptr, kDepotLogin).body.empty());
  CHECK(find_header(stage.send("GET", "/api/parcels/7/label", nullptr, kDepotLogin).headers, "Content-Type") == "application/pdf");
}

TEST_CASE("closed parts of allOf make one record", "[guess]") {
  Stage stage(guessed("carts.yaml"));
  const auto made = stage.send("POST", "/carts", {{"name", "a"}});
  REQUIRE(made.status == 201);
  CHECK(made.body["name"] == "a");
  CHECK(made.body["id"].get<std::string>().size() == 36);
  CHECK(made.body["state"] == "open");                                               // its default
  CHECK(stage.send("POST", "/carts", {{"name", "a"}, {"nam", "b"}}).status == 400);  // alone the part is closed
}

TEST_CASE("a JSON Patch changes the record that it is applied to", "[guess]") {
  struct Patch {
    const char* operations;
    int status;
    Json name, note;
  };
  const auto patch = GENERATE(values<Patch>({
      {R"([{"op": "replace", "path": "/name", "value": "b"}])", 200, "b", "n"},
      {R"([{"op": "test", "path": "/name", "value": "a"}, {"op": "remove", "path": "/note"}])", 200, "a", nullptr},
      {R"([{"op": "copy", "from": "/name", "path": "/note"}])", 200, "a", "a"},
      {R"([])", 200, "a", "n"},
      {R"([{"op": "test", "path": "/name", "value": "z"}, {"op": "remove", "path": "/note"}])", 422, "a", "n"},
      {R"([{"op": "remove", "path": "/nothing"}])", 422, "a", "n"},
      {R"([{"op": "remove", "path": "/name/first"}])", 422, "a", "n"},
      {R"([{"op": "add", "path": "/name/first", "value": 1}])", 422, "a", "n"},
      {R"([{"op": "add", "path": "name", "value": "b"}])", 422, "a", "n"},
      {R"([{"op": "remove", "path": ""}])", 422, "a", "n"},
      {R"([{"op": "move", "from": "/name", "path": "/name/first"}])", 422, "a", "n"},
      {R"([{"op": 5, "path": "/name"}])", 422, "a", "n"},
      {R"([{"op": "replace", "path": "/name", "value": 5}])", 422, "a", "n"},
      {R"([{"op": "replace", "path": "", "value": 5}])", 422, "a", "n"},
      {R"([{"op": "sing", "path": "/name"}])", 422, "a", "n"},
      {R"([{"op": "replace", "path": "/id", "value": "5e8d0d34-0f4b-4a3c-9d7c-1a0a5b0c2f11"}])", 200, "a", "n"},
  }));
  INFO(patch.operations);
  Stage stage(guessed("carts.yaml"));
  const std::string id = stage.send("POST", "/carts", {{"name", "a"}, {"note", "n"}}).body["id"].get<std::string>();

  const auto changed =
      stage.send("PATCH", "/carts/" + id, Json::parse(patch.operations), {{"Content-Type", "application/json-patch+json"}});

  CHECK(changed.status == patch.status);
  const Json now = stage.send("GET", "/carts/" + id).body;
  CHECK(now["id"] == id);
  CHECK(now["name"] == patch.name);
  CHECK(now.value("note", Json()) == patch.note);
}

TEST_CASE("a JSON Patch that copies the record into itself is refused before it fills the memory", "[guess]") {
  Stage stage(guessed("carts.yaml"));
  const std::string id = stage.send("POST", "/carts", {{"name", "a"}}).body["id"].get<std::string>();
  Json operations = Json::array(), many = Json::array();
  for (int i = 0; i < 60; ++i) operations.push_back({{"op", "copy"}, {"from", ""}, {"path", "/copy" + std::to_string(i)}});
  for (int i = 0; i < 1001; ++i) many.push_back({{"op", "test"}, {"path", "/name"}, {"value", "a"}});
  const Headers type = {{"Content-Type", "application/json-patch+json"}};
  CHECK(stage.send("PATCH", "/carts/" + id, operations, type).status == 422);
  CHECK(stage.send("PATCH", "/carts/" + id, many, type).status == 422);
}

TEST_CASE("a merge patch leaves out what stays, and null removes", "[guess]") {
  Stage stage(guessed("carts.yaml"));
  const std::string lines = "/carts/" + stage.send("POST", "/carts", {{"name", "a"}}).body["id"].get<std::string>() + "/lines";
  REQUIRE(stage.send("POST", lines, {{"sku", "A"}, {"note", "n"}}).body["id"] == 1);
  const Headers type = {{"Content-Type", "application/merge-patch+json"}};
  CHECK(stage.send("PATCH", lines + "/1", {{"note", "m"}}, type).body == Json({{"id", 1}, {"sku", "A"}, {"note", "m"}}));
  CHECK(stage.send("PATCH", lines + "/1", {{"note", nullptr}}, type).body == Json({{"id", 1}, {"sku", "A"}}));
  CHECK(stage.send("PATCH", lines + "/1", {{"note", 5}}, type).status == 400);
}

TEST_CASE("attributes of JSON:API are merged and filtered", "[guess]") {
  Stage stage(guessed("articles.yaml"));
  const auto document = [](Json attributes) { return Json{{"data", {{"type", "articles"}, {"attributes", std::move(attributes)}}}}; };
  const Headers type = {{"Content-Type", "application/vnd.api+json"}};
  REQUIRE(stage.send("POST", "/articles", document({{"title", "a"}, {"author", "x"}}), type).status == 201);
  REQUIRE(stage.send("POST", "/articles", document({{"title", "b"}, {"author", "y"}}), type).status == 201);
  CHECK(stage.send("PATCH", "/articles/1", document({{"title", "c"}}), type).status == 200);
  CHECK(stage.send("GET", "/articles/1").body["data"]["attributes"] == Json({{"title", "c"}, {"author", "x"}}));
  const Json found = stage.send("GET", "/articles?filter%5Bauthor%5D=y").body["data"];
  REQUIRE(found.size() == 1);
  CHECK(found[0]["attributes"]["title"] == "b");
}

TEST_CASE("a collection is emptied by one call, a nested one below its parent only", "[guess]") {
  Stage stage(guessed("carts.yaml"));
  const auto make_cart = [&](const char* name) {
    const std::string path = "/carts/" + stage.send("POST", "/carts", {{"name", name}}).body["id"].get<std::string>();
    for (const char* sku : {"A", "B", "C"}) stage.send("POST", path + "/lines", {{"sku", sku}});
    return path;
  };
  const std::string first = make_cart("a"), second = make_cart("b");

  CHECK(stage.send("DELETE", first + "/lines").status == 204);
  CHECK(stage.send("GET", first + "/lines").body.empty());
  CHECK(stage.send("GET", second + "/lines").body.size() == 3);
  CHECK(stage.send("DELETE", "/carts/5e8d0d34-0f4b-4a3c-9d7c-1a0a5b0c2f11/lines").status == 404);

  const auto all = stage.send("GET", "/carts");
  CHECK(all.body.size() == 2);
  CHECK(find_header(all.headers, "X-Total-Count") == "2");
  CHECK(stage.send("DELETE", "/carts").status == 204);
  CHECK(stage.send("GET", "/carts").body.empty());
  CHECK(stage.send("GET", second).status == 404);
}

}  // namespace understudy
