// What one tenant, and the mock, holds at most.
#include "tests/support/net/admin_client.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

using test::ask_admin;

MockOptions bounded() {
  MockOptions options;
  options.demo = false;
  options.bounds = {.tenants = 2, .records = 3, .tokens = 2, .faults = 2, .snapshots = 2};
  return options;
}

Response log_in(Mock& mock) {
  return mock
      .handle({.method = "POST",
               .target = "/shelf/login",
               .headers = {{"Content-Type", "application/json"}},
               .body = R"({"user":"tester","SECRET":"demo"})"})
      .response;
}

}  // namespace

TEST_CASE("each bound is refused by name, and nothing of the call is kept", "[bounds][admin]") {
  struct Case {
    const char* why;
    std::string method, path;
    Json within, beyond;
    std::string message;
  };
  const Json fault = {{"kind", "reset"}};
  const auto book = [](const std::string& title) { return Json{{"Title", title}, {"Genre", "Novel"}}; };
  const auto row = GENERATE_COPY(values<Case>({
      {"faults at once", "POST", "/tenants/tester/faults", {fault}, {fault, fault}, "the limit of 2 faults of tenant 'tester' is reached"},
      {"faults of all tenants", "POST", "/faults", {fault}, {fault, fault}, "the limit of 2 faults of tenant"},
      {"records",
       "POST",
       "/tenants/tester/records/shelf/books",
       {book("A"), book("B")},
       {book("C"), book("D")},
       "the limit of 3 records of tenant 'tester' is reached"},
      {"a tenant with too many records",
       "PUT",
       "/tenants/tester",
       {{"api", "shelf"}},
       {{"api", "shelf"}, {"records", {{"books", {book("A"), book("B"), book("C"), book("D")}}}}},
       "the limit of 3 records of tenant 'tester' is reached"},
      {"a tenant with too many faults",
       "PUT",
       "/tenants/tester",
       {{"api", "shelf"}},
       {{"faults", {fault, fault, fault}}},
       "the limit of 2 faults of tenant 'tester' is reached"},
  }));
  INFO(row.why);
  Mock mock(toy_contracts(), bounded());
  REQUIRE(mock.stage("tester", {{"api", "shelf"}}));

  const auto within = ask_admin(mock, row.method, row.path, row.within.dump());
  const auto beyond = ask_admin(mock, row.method, row.path, row.beyond.dump());

  INFO(beyond.text);
  CHECK(within.status < 300);
  CHECK(beyond.status == 409);
  CHECK(beyond.body.value("code", "") == "limit-reached");
  CHECK(beyond.body.value("message", "").starts_with(row.message));
}

TEST_CASE("tenants have a bound; one that exists can still be replaced", "[bounds][admin]") {
  Mock mock(toy_contracts(), bounded());
  REQUIRE(mock.stage("tester", {{"api", "shelf"}}));

  const auto another = mock.stage("another", Json::object());

  REQUIRE_FALSE(another);
  CHECK(another.error().code == "limit-reached");
  CHECK(mock.stage("tester", Json::object()));
  CHECK_FALSE(mock.restage({.given = {{"another", Json::object()}}}));
  CHECK(mock.find_tenant("another") == nullptr);
}

TEST_CASE("snapshots have a bound; one that exists can still be replaced", "[bounds][admin]") {
  Mock mock(toy_contracts(), bounded());
  REQUIRE(mock.stage("tester", {{"api", "shelf"}}));
  const std::string path = "/tenants/tester/snapshots/";

  CHECK(ask_admin(mock, "POST", path + "a").status == 201);
  CHECK(ask_admin(mock, "POST", path + "b").status == 201);
  CHECK(ask_admin(mock, "POST", path + "c").body.at("code") == "limit-reached");
  CHECK(ask_admin(mock, "POST", path + "a").status == 200);
}

TEST_CASE("tokens have a bound, and expired ones make room", "[bounds]") {
  Mock mock(toy_contracts(), bounded());
  REQUIRE(mock.stage("tester", {{"api", "shelf"}, {"clock", "2026-03-02T09:00:00Z"}}));

  const int first = log_in(mock).status, second = log_in(mock).status;
  const Response third = log_in(mock);
  ask_admin(mock, "POST", "/tenants/tester/clock/advance", R"({"by":"30d"})");

  CHECK(first < 300);
  CHECK(second < 300);
  CHECK(third.status == 507);
  CHECK(parse_json(third.body)->at("code") == "limit-reached");
  CHECK(log_in(mock).status < 300);
}

TEST_CASE("a client cannot create more records than the bound, and the journal says why", "[bounds]") {
  Mock mock(toy_contracts(), bounded());
  REQUIRE(mock.stage("tester", {{"api", "relay"}}));
  const Json hello = {{"do", "hello"}, {"with", {{"name", "tester"}, {"word", "demo"}}}, {"nr", 1}};
  Json parcels = Json::array();
  for (const char* code : {"a", "b", "c", "d", "e"}) parcels.push_back({{"code", code}, {"grams", "5"}});
  const Json batch = {hello, {{"do", "parcels.add"}, {"with", {{"parcels", parcels}}}, {"nr", 2}}};

  const Response response = mock.handle({.method = "POST", .target = "/relay", .body = batch.dump()}).response;

  CHECK(response.status == 507);
  CHECK(parse_json(response.body)->at("message") == "The limit of 3 records of a tenant is reached.");
  CHECK(ask_admin(mock, "GET", "/tenants/tester/records/relay/parcels").body.at("records").size() ==
        2);  // the shelf of the same tenant has a publisher
  CHECK(ask_admin(mock, "GET", "/tenants/tester/requests").text.find("limit-reached") != std::string::npos);
}

}  // namespace understudy
