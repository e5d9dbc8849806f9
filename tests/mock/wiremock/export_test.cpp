#include <algorithm>

#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

const SchemaSet& har_schema() {
  static const SchemaSet kSchema = [] {
    const auto document = parse_json(test::read_text(UNDERSTUDY_SOURCE_DIR "/tests/data/har.schema.json"));
    REQUIRE(document);
    auto compiled = SchemaSet::compile(*document, {""});
    if (!compiled) FAIL(compiled.error().pointer << ": " << compiled.error().message);
    return std::move(*compiled);
  }();
  return kSchema;
}

// Exchanges of every shape, with the canary wherever a credential may stand.
void play(Stage& stage) {
  const std::string canary = "canary-7f3";
  stage.send("POST", "/shelf/login", {{"user", "tester"}, {"secret", canary}});
  stage.send_text("POST", "/shelf/login", "User=tester&Secret=" + canary + "&x=1", {{"Content-Type", "application/x-www-form-urlencoded"}});
  stage.send("GET", "/shelf/books?api_key=" + canary + "&page=%41&empty=", nullptr,
             {{"Authorization", "Bearer " + canary}, {"Host", "a.test:1"}});
  stage.send("GET", "/unknown\"<>?x=%zz|", nullptr,
             {{"X-Api-Key", canary}, {"Cookie", "sid=" + canary + "; b=" + canary}, {"Host", "not a host/"}});
  stage.send_text("POST", "/unknown", "{\"pass\\u0077ord\": [\"" + canary + "\", {\"a\": \"" + canary + "\"}], \"kept\": \"yes\"}");
  stage.send_text("POST", "/unknown", "{\"kept\": 1, \"access_token\": \"" + canary);  // the end is missing
  stage.send_text("POST", "/unknown", "\xFF\xFE\x00 bytes", {{"Content-Type", "application/octet-stream"}});
  stage.send_text("POST", "/unknown", std::string(200'000, 'x'));
  stage.send("POST", "/relay", {{{"do", "hello"}, {"with", {{"name", "tester"}, {"word", canary}}}}, {{"do", "fly"}, {"nr", 1}}});
  const Reaction card = stage.send("POST", "/shelf/login", {{"user", "tester"}, {"secret", "demo"}});
  stage.send("POST", "/shelf/books", {{"Title", "A"}, {"Genre", "Novel"}},
             {{"Authorization", "Bearer " + card.body["token"].get<std::string>()}});
}

Json faulty() { return {{"api", "shelf"}, {"faults", Json::array({{{"on", "addBook"}, {"phase", "after_commit"}, {"kind", "reset"}}})}}; }

}  // namespace

TEST_CASE("the exported archive is HAR 1.2, oldest first, whatever was sent", "[journal][har]") {
  Stage stage(toy_contracts(), faulty());
  play(stage);

  const Reaction reply = stage.send("GET", "/__admin/requests.har?secrets=true");

  REQUIRE(reply.status == 200);
  std::string findings;
  for (const Finding& finding : har_schema().check("", reply.body))
    findings += finding.pointer + ": " + finding.message + finding.expected + " " + finding.actual + "\n";
  CHECK(findings == "");
  const Json& entries = reply.body["log"]["entries"];
  REQUIRE(entries.size() == 11);
  CHECK(entries[1]["request"]["postData"]["params"][1] == Json{{"name", "Secret"}, {"value", "canary-7f3"}});
  CHECK(entries[2]["request"]["url"] == "http://a.test:1/shelf/books?api_key=canary-7f3&page=%41&empty=");
  CHECK(entries[2]["request"]["queryString"][2] == Json{{"name", "empty"}, {"value", ""}});
  CHECK(entries[3]["request"]["url"] == "http://localhost/unknown%22%3C%3E?x=%25zz%7C");
  CHECK(entries[7]["request"]["bodySize"] == 200'000);
  CHECK(entries[7]["request"]["postData"]["comment"] == "the journal left out the last 134464 bytes");
  CHECK(entries[10]["response"]["status"] == 0);
  CHECK(entries[10]["_understudy"]["committed"].size() == 1);
}

TEST_CASE("no credential leaves with an export unless it is asked for", "[journal][har]") {
  const std::string path = GENERATE(as<std::string>{}, "/__admin/requests.har", "/__admin/requests.ndjson",
                                    "/__admin/requests?format=ndjson", "/__admin/requests?format=har");
  INFO(path);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  play(stage);
  const std::string mark = path.find('?') == std::string::npos ? "?" : "&";

  const Reaction masked = stage.send("GET", path);
  const Reaction whole = stage.send("GET", path + mark + "secrets=true");

  CHECK(masked.text.find("canary-7f3") == std::string::npos);
  CHECK(masked.text.find("us1.") == std::string::npos);  // issued tokens
  CHECK(masked.text.find("Bearer ***") != std::string::npos);
  CHECK(masked.text.find("kept") != std::string::npos);
  CHECK(whole.text.find("canary-7f3") != std::string::npos);
}

TEST_CASE("NDJSON is one exchange a line, and is chosen like the list", "[journal][har]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  stage.send("GET", "/unknown/1");
  stage.send("GET", "/unknown/2", nullptr, {{"Understudy-Tenant", "tester"}});
  stage.send("GET", "/unknown/3", nullptr, {{"Understudy-Tenant", "tester"}});

  const Reaction reply = stage.send("GET", "/__admin/requests.ndjson?tenant=tester&limit=1");

  CHECK(find_header(reply.headers, "Content-Type") == "application/x-ndjson");
  CHECK(std::count(reply.text.begin(), reply.text.end(), '\n') == 1);
  CHECK(reply.body["request"]["url"] == "/unknown/3");
  CHECK(reply.body["understudy"]["tenant"] == "tester");
}

}  // namespace understudy
