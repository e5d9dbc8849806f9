// Stubs of a client: which request they answer, with what, and what is refused.
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/admin_client.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

Reaction add_stub(Stage& stage, const Json& request, const Json& response, int priority = 5) {
  return stage.send("POST", "/__admin/mappings", {{"request", request}, {"response", response}, {"priority", priority}});
}

}  // namespace

TEST_CASE("a stub answers the requests that its pattern matches", "[admin][stubs]") {
  struct Row {
    const char* why;
    Json request;
    bool matches;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", Json::object(), true},
      {"the method", {{"method", "POST"}}, true},
      {"any method", {{"method", "ANY"}}, true},
      {"another method", {{"method", "PUT"}}, false},
      {"the whole URL", {{"url", "/rates/EUR?day=today"}}, true},
      {"a URL without the query", {{"url", "/rates/EUR"}}, false},
      {"a path", {{"urlPath", "/rates/EUR"}}, true},
      {"an expression of the URL", {{"urlPattern", "/rates/[A-Z]+\\?day=.*"}}, true},
      {"an expression of the path", {{"urlPathPattern", "/rates/[A-Z]{3}"}}, true},
      {"an expression that matches a part", {{"urlPathPattern", "/rates"}}, false},
      {"a header", {{"headers", {{"X-Shop", {{"equalTo", "1"}}}}}}, true},
      {"another header", {{"headers", {{"X-Shop", {{"equalTo", "2"}}}}}}, false},
      {"an absent header", {{"headers", {{"X-None", {{"absent", true}}}}}}, true},
      {"a query parameter", {{"queryParameters", {{"day", {{"contains", "od"}}}}}}, true},
      {"a body as JSON", {{"bodyPatterns", {{{"equalToJson", R"({"b":2,"a":1})"}}}}}, true},
      {"a part of the body", {{"bodyPatterns", {{{"matchesJsonPath", "$[?(@.a == 1)]"}}, {{"contains", "b"}}}}}, true},
      {"one body pattern of two", {{"bodyPatterns", {{{"contains", "a"}}, {{"contains", "z"}}}}}, false},
  }));
  INFO(row.why);
  Stage stage(toy_contracts());
  REQUIRE(add_stub(stage, row.request, {{"status", 203}, {"body", "stubbed"}}).status == 201);

  const auto answer = stage.send("POST", "/rates/EUR?day=today", {{"a", 1}, {"b", 2}}, {{"X-Shop", "1"}});

  CHECK(answer.status == (row.matches ? 203 : 404));
  CHECK((answer.text == "stubbed") == row.matches);
}

TEST_CASE("a stub says the whole response", "[admin][stubs]") {
  Stage stage(toy_contracts());
  const auto respond = [&](const Json& response) {
    stage.send("DELETE", "/__admin/mappings");
    REQUIRE(add_stub(stage, Json::object(), response).status == 201);
    return stage.send("GET", "/rates");
  };
  CHECK(respond(Json::object()).status == 200);
  const auto full = respond({{"status", 404},
                             {"statusMessage", "No Rate"},
                             {"headers", {{"X-A", "1"}, {"X-B", {"2", "3"}}}},
                             {"body", "x"},
                             {"fixedDelayMilliseconds", 250}});
  CHECK(full.reason == "No Rate");
  CHECK(full.headers == Headers{{"X-A", "1"}, {"X-B", "2"}, {"X-B", "3"}});
  CHECK(full.delivery.delay == std::chrono::milliseconds(250));
  CHECK(respond({{"base64Body", "AAH/"}}).text == std::string("\0\1\xff", 3));
  const auto json = respond({{"jsonBody", {{"a", {1, nullptr}}}}});
  CHECK(json.text == R"({"a":[1,null]})");
  CHECK(find_header(json.headers, "Content-Type") == "application/json");
  CHECK(respond({{"fault", "CONNECTION_RESET_BY_PEER"}}).delivery.ending == Delivery::Ending::reset);
  CHECK(respond({{"fault", "EMPTY_RESPONSE"}}).delivery.ending == Delivery::Ending::close);
}

TEST_CASE("the least priority counts, then the newest stub", "[admin][stubs]") {
  Stage stage(toy_contracts());
  add_stub(stage, Json::object(), {{"body", "old"}});
  add_stub(stage, Json::object(), {{"body", "new"}});
  CHECK(stage.send("GET", "/rates").text == "new");
  const auto first = add_stub(stage, Json::object(), {{"body", "first"}}, 1).body;
  CHECK(stage.send("GET", "/rates").text == "first");

  const std::string path = "/__admin/mappings/" + first.at("id").get<std::string>();
  CHECK(stage.send("GET", path).body == first);
  CHECK(stage.send("PUT", path, {{"response", {{"body", "last"}}}, {"priority", 9}}).body.at("id") == first.at("id"));
  CHECK(stage.send("GET", "/rates").text == "new");
  CHECK(stage.send("DELETE", path).status == 200);
  CHECK(stage.send("DELETE", path).status == 404);
  stage.send("POST", "/__admin/reset");
  CHECK(stage.send("GET", "/rates").text != "new");
}

TEST_CASE("a contract comes before a stub, and the journal shows a stub as assumed", "[admin][stubs]") {
  Stage stage(bundled_contracts(), {{"api", "veeqo"}});
  REQUIRE(add_stub(stage, Json::object(), {{"status", 299}}).status == 201);

  CHECK(stage.send("GET", "/veeqo/tags", nullptr, {{"x-api-key", "tester"}}).status == 200);
  CHECK(stage.send("GET", "/veeqo/nowhere", nullptr, {{"Understudy-Tenant", "tester"}}).status == 299);

  const Json entry = stage.journal().back();
  CHECK(entry.at("matched") == true);
  CHECK(entry.at("decisions").at(0).at("operation") == "stub");
  CHECK(entry.at("decisions").at(0).at("evidence") == "assumed");
}

TEST_CASE("a stub that cannot be is refused with its place", "[admin][stubs]") {
  struct Row {
    Json mapping;
    const char* pointer;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {{{"response", {{"status", 99}}}}, "/response/status", "found integer 99, expected a whole number from 200 to 599"},
      {{{"response", {{"body", "a"}, {"jsonBody", 1}}}}, "/response", "expected one of them"},
      {{{"response", {{"transformers", {"x"}}}}}, "/response/transformers", "'transformers' is not supported"},
      {{{"response", {{"base64Body", "?"}}}}, "/response/base64Body", "expected Base64"},
      {{{"response", {{"headers", {{"X-A", "1\r\nX-B: 2"}}}}}}, "/response/headers", "header 'X-A'"},
      {{{"response", {{"fault", "FIRE"}}}}, "/response/fault", "expected EMPTY_RESPONSE"},
      {{{"response", {{"fixedDelayMilliseconds", -1}}}}, "/response/fixedDelayMilliseconds", "expected a whole number"},
      {{{"request", {{"urlPaht", "/a"}}}}, "/request/urlPaht", "did you mean 'urlPath'?"},
      {{{"request", {{"urlPathPattern", "["}}}}, "/request/urlPathPattern", ""},
      {{{"priority", "high"}}, "/priority", "expected a whole number"},
      {{{"id", "one"}}, "/id", "expected a UUID"},
      {{{"scenarioName", "a"}}, "/scenarioName", "is not supported"},
      {{{"request", {{"method", "GET"}, {"urlPath", "/shelf/books"}}}}, "/request", "the operation shelf.listBooks answers this request"},
  }));
  CAPTURE(row.mapping);
  Stage stage(toy_contracts());

  const auto refused = stage.send("POST", "/__admin/mappings", row.mapping);

  CHECK(refused.status == 422);
  CHECK(refused.body.at("errors").at(0).at("source").at("pointer") == row.pointer);
  CHECK_THAT(refused.body.value("message", ""), CONTAINS(row.message));
}
