// What the published client wiremock-rest-client sends for server, scenarios and mappings, over a socket, and what it can read of
// the answers. tests/wiremock-client/ runs the client itself.
#include "tests/support/net/admin_client.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const char* const kBooks = "/__admin/tenants/tester/records/shelf/books";

// A stage with one scenario and one tenant without a scenario, on a port.
struct ServedJournal {
  explicit ServedJournal(MockOptions options = {}) : mock(toy_contracts(), std::move(options)) {
    const Json scenario = {{"title", "Books are lent"}, {"file", "scenarios/lend.yaml"}};
    REQUIRE(mock.stage("tester",
                       {{"api", "shelf"}, {"records", {{"books", {{{"Title", "staged"}, {"Genre", "Novel"}}}}}}, {"scenario", scenario}}));
    REQUIRE(mock.stage("other", {{"api", "shelf"}}));
    wire = open_wire([this](Request&& request, const Peer& peer) { return mock.handle(request, {.loopback = peer.loopback}); });
  }
  AdminReply call(const std::string& method, const std::string& target, const std::string& body = {}) {
    return ask_port(wire->port(), method, target, body);
  }
  void play() {
    REQUIRE(call("POST", kBooks, R"({"Title":"later"})").status == 201);
    REQUIRE(call("POST", "/shelf/login", R"({"user":"tester","SECRET":"demo"})").status == 200);
  }
  std::size_t books() { return call("GET", kBooks).body.at("records").size(); }
  std::size_t exchanges() { return call("GET", "/__admin/tenants/tester/requests").body.at("requests").size(); }
  std::string state() { return call("GET", "/__admin/scenarios").body.at("scenarios").at(0).at("state").get<std::string>(); }

  Mock mock;
  std::unique_ptr<Wire> wire;
};

}  // namespace

TEST_CASE("health has what a readiness probe reads", "[admin][wiremock]") {
  ServedJournal served;
  const auto health = served.call("GET", "/__admin/health");
  CHECK(health.status == 200);
  CHECK(health.body.at("status") == "healthy");
  CHECK(health.body.at("version") == served.call("GET", "/__admin/version").body.at("version"));
  CHECK(health.body.at("uptimeInSeconds").is_number_unsigned());
  CHECK(parse_rfc3339(health.body.at("timestamp").get<std::string>()));
  CHECK(served.call("HEAD", "/__admin/health").status == 200);
  CHECK(served.call("GET", "/__admin/settings").body.at("settings").at("profile") == "documented");
}

TEST_CASE("a global reset brings every tenant back to its stage and empties the journals", "[admin][wiremock]") {
  ServedJournal served;
  served.play();
  REQUIRE(served.call("POST", "/__admin/tenants/other/records/shelf/books", "{}").status == 201);

  const auto reset = served.call("POST", "/__admin/reset");

  CHECK(reset.status == 200);
  CHECK(reset.body == Json::object());
  CHECK(served.books() == 1);
  CHECK(served.exchanges() == 0);
  CHECK(served.state() == "Started");
  CHECK(served.call("GET", "/__admin/tenants/other/records/shelf/books").body.at("records").empty());
}

TEST_CASE("a reset of one tenant leaves the others alone", "[admin][wiremock]") {
  ServedJournal served;
  served.play();
  CHECK(served.call("POST", "/__admin/reset?tenant=other").status == 200);
  CHECK(served.books() == 2);
  CHECK(served.call("POST", "/__admin/reset?tenant=missing").status == 404);
  CHECK(served.call("POST", "/__admin/reset?tenant=tester").status == 200);
  CHECK(served.books() == 1);
}

TEST_CASE("every staged scenario is listed with its file and its state", "[admin][wiremock]") {
  ServedJournal served;
  const auto fresh = served.call("GET", "/__admin/scenarios");
  CHECK(fresh.body == Json::parse(R"({"scenarios":[{"id":"tester","name":"tester","state":"Started","possibleStates":["Started","Played"],
    "exchanges":0,"tenant":"tester","api":"shelf","title":"Books are lent","file":"scenarios/lend.yaml"}]})"));

  served.play();

  const auto played = served.call("GET", "/__admin/scenarios").body.at("scenarios").at(0);
  CHECK(played.at("state") == "Played");
  CHECK(played.at("exchanges") == 1);
}

TEST_CASE("a scenario goes back to its start, and its journal stays", "[admin][wiremock]") {
  struct Row {
    const char* why;
    const char* method;
    const char* target;
    const char* body;
  };
  const auto row = GENERATE(values<Row>({
      {"all of them", "POST", "/__admin/scenarios/reset", ""},
      {"one, without a body", "PUT", "/__admin/scenarios/tester/state", ""},
      {"one, by the name of its first state", "PUT", "/__admin/scenarios/tester/state", R"({"state":"Started"})"},
      {"one, by its tenant", "POST", "/__admin/tenants/tester/reset", ""},
  }));
  INFO(row.why);
  ServedJournal served;
  served.play();

  CHECK(served.call(row.method, row.target, row.body).status == 200);

  CHECK(served.books() == 1);
  CHECK(served.state() == "Started");
  CHECK(served.exchanges() == 1);
}

TEST_CASE("no state but the first can be set", "[admin][wiremock]") {
  ServedJournal served;
  served.play();
  const auto state = [&](const char* name, const char* body) {
    return served.call("PUT", std::string("/__admin/scenarios/") + name + "/state", body);
  };
  CHECK(state("tester", R"({"state":"Played"})").body.at("code") == "no-such-state");
  CHECK(state("tester", R"({"state":3})").status == 422);
  CHECK(state("tester", "[]").status == 400);
  CHECK(state("missing", "").body.at("code") == "unknown-scenario");
  CHECK(state("other", "").body.at("code") == "unknown-scenario");  // a tenant, but from no file
  CHECK(served.books() == 2);
}

TEST_CASE("operations are listed as mappings that cannot be changed", "[admin][wiremock]") {
  ServedJournal served;
  const Json list = served.call("GET", "/__admin/mappings").body;
  REQUIRE(list.at("meta").at("total") == list.at("mappings").size());
  Json book, parcel;
  for (const Json& mapping : list.at("mappings")) {
    if (mapping.at("name") == "shelf.addBook") book = mapping;
    if (mapping.at("name") == "relay.addParcels") parcel = mapping;
  }

  REQUIRE(book.is_object());
  CHECK(book.at("request") == Json{{"method", "POST"}, {"urlPathTemplate", "/shelf/books"}});
  CHECK(book.at("response").at("status") == 201);
  CHECK(served.call("GET", "/__admin/mappings/" + book.at("id").get<std::string>()).body == book);
  CHECK(served.call("GET", "/__admin/mappings/shelf.addBook").body == book);
  CHECK(served.call("POST", "/__admin/mappings/reset").status == 200);
  for (const char* method : {"PUT", "DELETE"}) {
    CHECK(served.call(method, "/__admin/mappings/shelf.addBook", "{}").body.at("code") == "mapping-read-only");
    CHECK(served.call(method, "/__admin/mappings/x", "{}").status == 404);
  }
  CHECK(served.call("GET", "/__admin/mappings/x").status == 404);
}

TEST_CASE("a shutdown calls the function that the mock was started with", "[admin][wiremock]") {
  int asked = 0;
  MockOptions options;
  options.shutdown = [&asked] { ++asked; };
  ServedJournal willing(options);
  CHECK(willing.call("POST", "/__admin/shutdown").status == 200);
  CHECK(asked == 1);

  ServedJournal unwilling;
  CHECK(unwilling.call("POST", "/__admin/shutdown").body.at("code") == "no-shutdown");
}
