// The journal over a real socket: the calls that wiremock-rest-client 1.11 sends (paths, methods and bodies as the package
// sends them) and the members it leads its users to; and requests exactly as received.
#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

using test::RawSocket;

struct Shown {
  std::string status;
  Json body;
};

class Served {
 public:
  Served() : mock_(bundled_contracts()) {
    wire_ = test::open_wire([this](Request&& request, const Peer& peer) {
      return mock_.handle(request, {.loopback = peer.loopback, .address = peer.address});
    });
  }

  std::string raw(const std::string& bytes) const {
    RawSocket socket(wire_->port());
    REQUIRE(socket.send(bytes));
    return socket.read_response().bytes;
  }

  Shown send(const std::string& method, const std::string& path, const Json& body = nullptr) const {
    const std::string text = body.is_null() ? "" : body.dump();
    const std::string answer = raw(method + " " + path + " HTTP/1.1\r\nContent-Type: application/json\r\nAccept: */*\r\nContent-Length: " +
                                   std::to_string(text.size()) +
                                   "\r\nUser-Agent: node-fetch/1.0 (+https://github.com/bitinn/node-fetch)\r\nAccept-Encoding: "
                                   "gzip,deflate\r\nConnection: close\r\nHost: 127.0.0.1:" +
                                   std::to_string(wire_->port()) + "\r\n\r\n" + text);
    const auto end = answer.find("\r\n\r\n");
    REQUIRE(end != std::string::npos);
    auto parsed = parse_json(answer.substr(end + 4));
    return {.status = answer.substr(9, 3), .body = parsed ? *parsed : Json()};
  }

  // Three exchanges: a product, one with a wrong key, a path that is not served.
  void play() const {
    const std::string product = R"({"title":"Lamp","product_variants_attributes":[{"title":"","price":12.5,"sku_code":"L-1"}]})";
    const auto post = [&](const std::string& path, const std::string& key) {
      raw("POST " + path + " HTTP/1.1\r\nHost: a\r\nx-api-key: " + key +
          "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(product.size()) + "\r\n\r\n" + product);
    };
    post("/veeqo/products", "demo");
    post("/veeqo/products", "wrong");
    post("/veeqo/prodcts", "demo");
  }

 private:
  Mock mock_;
  std::unique_ptr<Wire> wire_;
};

const Json kCreates = {{"method", "POST"}, {"urlPath", "/veeqo/products"}};

}  // namespace

TEST_CASE("the journal has a request exactly as it was received", "[journal][wire]") {
  const Served served;

  served.raw(
      "PoKe /nowhere/%7E?b=2&a=&b=%20+&%= HTTP/1.1\r\nhOST: a.test:99\r\nX-b: 1\r\nx-A:  two \r\nX-B: 3\r\nEmpty:\r\ncontent-length: "
      "3\r\n\r\na\r\n");

  const Json event = served.send("GET", "/__admin/requests").body["requests"][0];
  CHECK(event["request"]["method"] == "PoKe");
  CHECK(event["request"]["url"] == "/nowhere/%7E?b=2&a=&b=%20+&%=");
  CHECK(event["request"]["absoluteUrl"] == "http://a.test:99/nowhere/%7E?b=2&a=&b=%20+&%=");
  CHECK(event["request"]["body"] == "a\r\n");
  CHECK(event["request"]["bodyAsBase64"] == "YQ0K");
  CHECK(event["request"]["clientIp"] == "127.0.0.1");
  CHECK(event["request"]["headers"]["X-b"] == Json::array({"1", "3"}));
  CHECK(event["request"]["queryParams"]["b"] == Json::parse(R"({"key":"b","values":["2","  "]})"));
  CHECK(event["understudy"]["headers"] ==
        Json::parse(R"([{"name":"hOST","value":"a.test:99"},{"name":"X-b","value":"1"},{"name":"x-A","value":"two"},
    {"name":"X-B","value":"3"},{"name":"Empty","value":""},{"name":"content-length","value":"3"}])"));
  CHECK(event["wasMatched"] == false);
}

TEST_CASE("a WireMock client lists, gets and deletes journaled requests", "[journal][wire][wiremock]") {
  const Served served;
  served.play();

  const Shown all = served.send("GET", "/__admin/requests");
  REQUIRE(all.body["requests"].size() == 3);
  CHECK(all.body["meta"] == Json{{"total", 3}});
  CHECK(all.body["requestJournalDisabled"] == false);
  const Json newest = all.body["requests"][0];
  CHECK(newest["request"]["url"] == "/veeqo/prodcts");
  CHECK(newest["wasMatched"] == false);
  CHECK(newest["responseDefinition"]["status"] == 404);
  CHECK(newest["responseDefinition"]["fromConfiguredStub"] == false);
  CHECK(newest["request"]["loggedDate"].is_number_integer());
  CHECK(all.body["requests"][2]["response"]["status"] == 201);
  CHECK(all.body["requests"][2]["understudy"]["decisions"][0]["answer"] == "product_created");

  const std::string id = newest["id"];
  CHECK(served.send("GET", "/__admin/requests/" + id).body == newest);
  CHECK(served.send("DELETE", "/__admin/requests/" + id).status == "200");
  CHECK(served.send("GET", "/__admin/requests/" + id).status == "404");
  CHECK(served.send("DELETE", "/__admin/requests/" + id).status == "200");
  CHECK(served.send("GET", "/__admin/requests/not-an-id").status == "422");
  CHECK(served.send("DELETE", "/__admin/requests").body == Json::object());
  CHECK(served.send("GET", "/__admin/requests").body["requests"].empty());
  served.play();
  CHECK(served.send("POST", "/__admin/requests/reset").status == "200");
  CHECK(served.send("GET", "/__admin/requests").body["meta"]["total"] == 0);
}

TEST_CASE("a WireMock client counts, finds and removes by request pattern", "[journal][wire][wiremock]") {
  const Served served;
  served.play();

  CHECK(served.send("POST", "/__admin/requests/count", kCreates).body == Json::parse(R"({"count":2,"requestJournalDisabled":false})"));
  const Json found = served.send("POST", "/__admin/requests/find", kCreates).body["requests"];
  REQUIRE(found.size() == 2);
  CHECK(found[0]["headers"]["x-api-key"] == "demo");
  CHECK(found[1]["headers"]["x-api-key"] == "wrong");
  CHECK(found[0]["loggedDateString"].is_string());
  const Json refused = {{"understudy", {{"answer", "not_authorized"}}}};
  const Json removed = served.send("POST", "/__admin/requests/remove", refused).body["serveEvents"];
  REQUIRE(removed.size() == 1);
  CHECK(removed[0]["request"]["headers"]["x-api-key"] == "wrong");
  CHECK(served.send("POST", "/__admin/requests/count", kCreates).body["count"] == 1);
  CHECK(served.send("POST", "/__admin/requests/remove-by-metadata", {{"equalToJson", "{}"}}).status == "422");
  const Shown wrong = served.send("POST", "/__admin/requests/count", {{"bodyPatterns", {{{"equalToXml", "<a/>"}}}}});
  CHECK(wrong.status == "422");
  CHECK(wrong.body["errors"][0]["source"]["pointer"] == "/bodyPatterns/0/equalToXml");
  CHECK(wrong.body["errors"][0]["code"].is_number_integer());
}

TEST_CASE("a WireMock client asks for unmatched requests and near misses, also where its package looks for them",
          "[journal][wire][wiremock]") {
  const Served served;
  served.play();

  const Json unmatched = served.send("GET", "/__admin/requests/unmatched").body;
  REQUIRE(unmatched["requests"].size() == 1);
  CHECK(unmatched["requests"][0]["url"] == "/veeqo/prodcts");
  const Json misses = served.send("GET", "/__admin/requests/unmatched/near-misses").body["nearMisses"];
  REQUIRE(misses.size() == 3);
  CHECK(misses[0]["stubMapping"]["name"] == "veeqo.createProduct");
  CHECK(misses[0]["matchResult"]["distance"].get<double>() < 0.1);
  const std::string path = GENERATE(as<std::string>{}, "/__admin/near-misses/", "/__admin/requests/near-misses/");
  CHECK(served.send("POST", path + "request", unmatched["requests"][0]).body["nearMisses"][0]["matchResult"] == misses[0]["matchResult"]);
  const Json by_pattern =
      served.send("POST", path + "request-pattern", {{"method", "POST"}, {"url", "/veeqo/products/"}}).body["nearMisses"];
  REQUIRE(by_pattern.size() == 3);
  CHECK(by_pattern[0]["request"]["url"] == "/veeqo/products");
  CHECK(by_pattern[0]["requestPattern"]["url"] == "/veeqo/products/");
}

TEST_CASE("a list is narrowed by tenant, time, kind and number, and refuses what it does not know", "[journal][wire]") {
  struct Case {
    const char* query;
    const char* status;
    std::size_t listed, total;
  };
  const auto row = GENERATE(values<Case>({
      {"", "200", 3, 3},
      {"?limit=1", "200", 1, 3},
      {"?limit=0", "200", 0, 3},
      {"?tenant=demo", "200", 2, 2},
      {"?tenant=lobby", "200", 1, 1},
      {"?unmatched=true", "200", 1, 1},
      {"?unmatched=false", "200", 3, 3},
      {"?refused=true", "200", 2, 2},
      {"?since=2020-01-01T00:00:00Z", "200", 3, 3},
      {"?since=2999-01-01T00:00:00Z", "200", 0, 0},
      {"?tenant=unknown", "404", 0, 0},
      {"?limit=x", "422", 0, 0},
      {"?limit=-1", "422", 0, 0},
      {"?since=yesterday", "422", 0, 0},
      {"?unmatched=maybe", "422", 0, 0},
      {"?format=xml", "422", 0, 0},
      {"?matchingStub=1", "422", 0, 0},
  }));
  INFO(row.query);
  const Served served;
  served.play();

  const Shown reply = served.send("GET", std::string("/__admin/requests") + row.query);

  CHECK(reply.status == row.status);
  CHECK(reply.body.value("requests", Json::array()).size() == row.listed);
  CHECK(reply.body.value(Json::json_pointer("/meta/total"), std::size_t{0}) == row.total);
}

TEST_CASE("a query that needs too many steps is refused, and later ones are answered", "[journal][budget]") {
  struct BudgetRow {
    const char* why;
    std::string call;
    Json pattern;
    int status;
  };
  Json numbers = Json::array();
  for (int i = 0; i < 1000; ++i) numbers.push_back(i);
  const Json backwards(std::vector<Json>(numbers.rbegin(), numbers.rend()));
  const auto nested = [](const std::string& begin, const std::string& inside, const std::string& end) {
    std::string path = "$";
    for (int i = 0; i < 5; ++i) path += begin;
    path += inside;
    for (int i = 0; i < 5; ++i) path += end;
    return path;
  };
  const auto of_body = [](Json matcher) { return Json{{"bodyPatterns", Json::array({std::move(matcher)})}}; };
  Json many = Json::array();
  for (int i = 0; i < 2000; ++i) many.push_back({{"matches", "[a-z]*" + std::to_string(i)}});
  const auto row = GENERATE_COPY(values<BudgetRow>({
      {"a usual pattern", "requests/count", {{"method", "POST"}, {"urlPath", "/nowhere"}}, 200},
      {"a JSONPath", "requests/count", of_body({{"matchesJsonPath", "$..d"}}), 200},
      {"a list in its order", "requests/count", of_body({{"equalToJson", {{"l", numbers}}}}), 200},
      {"nested descents", "requests/count", of_body({{"matchesJsonPath", nested("..[?(@", "..q", ")]")}}), 422},
      {"the same, found", "requests/find", of_body({{"matchesJsonPath", nested("..[?(@", "..q", ")]")}}), 422},
      {"the same, removed", "requests/remove", of_body({{"matchesJsonPath", nested("..[?(@", "..q", ")]")}}), 422},
      {"the same, nearest", "near-misses/request-pattern", of_body({{"matchesJsonPath", nested("..[?(@", "..q", ")]")}}), 422},
      {"the same inside a negation", "requests/count", of_body({{"not", {{"matchesJsonPath", nested("..[?(@", "..q", ")]")}}}}), 422},
      {"long lists in any order", "requests/count", of_body({{"equalToJson", {{"l", backwards}}}, {"ignoreArrayOrder", true}}), 422},
      {"an expression that backtracks", "requests/count", of_body({{"matches", "(a+)+[bc]"}}), 422},
      {"the same in a list of matchers", "requests/count", of_body({{"or", {{{"matches", "(a+)+[bc]"}}, {{"matches", "(a*)*[cd]"}}}}}),
       422},
      {"many expressions", "requests/count", of_body({{"or", many}}), 422},
  }));
  INFO(row.why);
  MockOptions options;
  options.query_steps = 50'000;
  Mock mock(toy_contracts(), options);
  const auto ask = [&](const std::string& method, const std::string& target, const std::string& body) {
    return mock.handle({.method = method, .target = target, .body = body}).response;
  };
  ask("POST", "/nowhere", "{\"d\":" + std::string(90, '[') + std::string(90, ']') + "}");
  ask("POST", "/nowhere", Json{{"l", numbers}}.dump());
  ask("POST", "/nowhere", std::string(60, 'a'));

  const Response reply = ask("POST", "/__admin/" + row.call, row.pattern.dump());

  CHECK(reply.status == row.status);
  const Json body = parse_json(reply.body).value_or(Json());
  CHECK(body.value("code", "") == (row.status == 422 ? "query-too-expensive" : ""));
  CHECK((row.status == 422) == body.contains("errors"));
  CHECK(parse_json(ask("POST", "/__admin/requests/count", "{}").body)->at("count") == 3);
}

TEST_CASE("near misses of long paths are limited, too", "[journal][budget]") {
  MockOptions options;
  options.query_steps = 50'000;
  Mock mock(toy_contracts(), options);
  std::string path;
  for (int i = 0; i < 32; ++i) path += "/" + std::string(200, static_cast<char>('a' + i % 26));
  for (int i = 0; i < 20; ++i) mock.handle({.method = "GET", .target = path});

  const Response reply = mock.handle({.method = "GET", .target = "/__admin/requests/unmatched/near-misses"}).response;

  CHECK(reply.status == 422);
  CHECK(parse_json(reply.body)->at("code") == "query-too-expensive");
}

TEST_CASE("a name that the mock does not have is an error, because its count of 0 would prove nothing", "[journal][wire]") {
  struct Case {
    const char* pattern;
    const char* title;  // empty: it is counted
  };
  const auto row = GENERATE(values<Case>({
      {R"({"answer":"product_created"})", ""},
      {R"({"answer":{"contains":"created"}})", ""},
      {R"({"operation":{"matches":"veeqo[.].*"}})", ""},
      {R"({"operation":{"not":{"equalTo":"veeqo.createProduct"}}})", ""},
      {R"({"operation":{"absent":true}})", ""},
      {R"({"api":"veeqo","tenant":"demo"})", ""},
      {R"({"answer":"product_creatd"})", "found 'product_creatd', which is no known answer (did you mean 'product_created'?)"},
      {R"({"operation":"veeqo.createProdct"})",
       "found 'veeqo.createProdct', which is no known operation (did you mean 'veeqo.createProduct'?)"},
      {R"({"operation":"createProduct"})", "found 'createProduct', which is no known operation"},
      {R"({"api":"veeqoo"})", "found 'veeqoo', which is no known api (did you mean 'veeqo'?)"},
      {R"({"tenant":"demoo"})", "found 'demoo', which is no known tenant (did you mean 'demo'?)"},
      {R"({"answer":{"contains":"creatd"}})", "found 'creatd', which is no known answer"},
      {R"({"operation":{"matches":"vego[.].*"}})", "found 'vego[.].*', which is no known operation"},
      {R"({"answer":{"not":{"equalTo":"product_creatd"}}})",
       "found 'product_creatd', which is no known answer (did you mean 'product_created'?)"},
      {R"({"answer":{"or":[{"equalTo":"product_created"},{"equalTo":"nope"}]}})", "found 'nope', which is no known answer"},
  }));
  INFO(row.pattern);
  const Served served;

  const Shown reply = served.send("POST", "/__admin/requests/count", {{"understudy", Json::parse(row.pattern)}});

  CHECK(reply.status == (std::string_view(row.title).empty() ? "200" : "422"));
  CHECK(std::string(reply.body.value("message", "")).starts_with(row.title));
}

TEST_CASE("a journal that is off says so", "[journal]") {
  Mock mock(toy_contracts(), {.demo = false, .check_all_answers = false, .journal_entries = 0});
  mock.handle({.method = "GET", .target = "/unknown"});

  const auto listed = parse_json(mock.handle({.method = "GET", .target = "/__admin/requests"}).response.body);
  const auto counted = parse_json(mock.handle({.method = "POST", .target = "/__admin/requests/count", .body = "{}"}).response.body);

  CHECK(listed->at("requestJournalDisabled") == true);
  CHECK(listed->at("requests").empty());
  CHECK(*counted == Json::parse(R"({"count":-1,"requestJournalDisabled":true})"));
}

}  // namespace understudy
