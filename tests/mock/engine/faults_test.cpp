// Faults while the mock runs: armed, counted and taken away by admin calls, exact when many call at once, waited for really or
// virtually. What each kind does to a client is fault_matrix_test.cpp's.
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;
using namespace std::chrono_literals;

namespace {

const Headers kKey = {{"x-api-key", "tester"}};
const std::string kList = "GET /veeqo/products HTTP/1.1\r\nHost: a\r\nx-api-key: tester\r\n\r\n";

std::unique_ptr<Wire> serve(Stage& stage) {
  return open_wire([&](Request&& request, const Peer& peer) { return stage.mock().handle(request, {.loopback = peer.loopback}); });
}

int status_of(Stage& stage) { return stage.send("GET", "/veeqo/products", nullptr, kKey).status; }

auto milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("faults are added, listed with their counts, and removed", "[faults][admin]") {
  Stage stage(bundled_contracts(), {{"api", "veeqo"}});

  const Json armed =
      stage.admin("POST", "/faults", {{"on", "listProducts"}, {"every", 2}, {"kind", "status"}, {"status", 503}}).at("armed");
  CHECK(armed == Json::array({{{"tenant", "tester"}, {"id", 1}}}));
  const std::vector<int> statuses = {status_of(stage), status_of(stage), status_of(stage)};
  CHECK(statuses == std::vector<int>{200, 503, 200});
  CHECK(stage.admin("GET", "/faults").at("faults") ==
        Json::array({{{"id", 1},
                      {"tenant", "tester"},
                      {"fault", {{"on", "veeqo.listProducts"}, {"every", 2}, {"kind", "status"}, {"status", 503}, {"phase", "before"}}},
                      {"seen", 3},
                      {"struck", 1}}}));

  stage.admin("POST", "/faults", {{"faults", {{{"kind", "reset"}, {"call", 9}}, {{"kind", "EMPTY_RESPONSE"}, {"call", 9}}}}});
  CHECK(stage.admin("DELETE", "/faults/2") == Json{{"disarmed", 1}});
  CHECK(stage.send("DELETE", "/__admin/tenants/tester/faults/2").status == 404);
  CHECK(stage.admin("GET", "/faults").at("faults").at(1).at("fault").at("kind") == "close");
  CHECK(stage.admin("DELETE", "/faults") == Json{{"disarmed", 2}});
  CHECK(status_of(stage) == 200);
}

TEST_CASE("one call arms everybody, or the tenant it names", "[faults][admin]") {
  Stage stage(bundled_contracts());
  REQUIRE(stage.mock().stage("second", Json::object()));
  const Json fault = {{"on", "veeqo.listProducts"}, {"kind", "status"}, {"status", 503}};

  CHECK(stage.send("POST", "/__admin/faults", fault).body.at("armed").size() == 3);  // the lobby, too
  CHECK(stage.send("POST", "/__admin/faults?tenant=second", fault).body.at("armed").size() == 1);
  CHECK(stage.send("GET", "/__admin/faults").body.at("faults").size() == 4);
  CHECK(stage.send("GET", "/__admin/faults?tenant=second").body.at("faults").size() == 2);
  CHECK(status_of(stage) == 503);
  CHECK(stage.send("DELETE", "/__admin/faults?tenant=tester").body == Json{{"disarmed", 1}});
  CHECK(status_of(stage) == 200);
  CHECK(stage.send("DELETE", "/__admin/faults").body == Json{{"disarmed", 3}});
  CHECK(stage.send("GET", "/__admin/faults?tenant=nobody").status == 404);
}

TEST_CASE("a fault that means nothing, or could never strike, is not armed", "[faults][admin]") {
  struct Row {
    const char* why;
    Json fault;
    const char* code;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"no kind", {{"on", "listProducts"}}, "bad-fault", "kind is missing"},
      {"a slip",
       {{"kind", "rest"}},
       "bad-fault",
       "kind: found 'rest', expected one of: answer, status, delay, drip, stall, reset, close, truncate, garbage, malformed_chunk, "
       "wrong_content_type, expire_token, throttle (did you mean 'reset'?)"},
      {"no such operation",
       {{"on", "listProduct"}, {"kind", "reset"}},
       "unknown-operation",
       "found fault on unknown operation 'listProduct' (did you mean 'veeqo.listProducts'?)"},
      {"no such answer", {{"on", "listProducts"}, {"kind", "answer"}, {"answer", "nope"}}, "unknown-answer", "veeqo has no answer 'nope'"},
      {"no items",
       {{"on", "listProducts"}, {"kind", "reset"}, {"phase", {{"between_items", 1}}}},
       "impossible-fault",
       "found a fault that can never apply: veeqo.listProducts has no items"},
      {"no tokens",
       {{"on", "listProducts"}, {"kind", "expire_token"}},
       "impossible-fault",
       "found a fault that can never apply: veeqo has no tokens that expire"},
      {"no throttled answer",
       {{"on", "sellercenter.createProducts"}, {"kind", "throttle"}},
       "impossible-fault",
       "found a fault that can never apply: sellercenter has no answer to a throttled call"},
      {"an interim status", {{"kind", "status"}, {"status", 101}}, "bad-fault", "status: found integer 101, expected 200 to 599"},
      {"no object", 5, "bad-fault", "found integer 5, expected a mapping with kind"},
  }));
  INFO(row.why);
  Stage stage(bundled_contracts(), {{"api", "veeqo"}});

  const Reaction refused =
      stage.send("POST", "/__admin/tenants/tester/faults", {{"faults", Json::array({{{"kind", "reset"}, {"call", 1}}, row.fault})}});

  CHECK(refused.status == 400);
  CHECK(refused.body.at("code") == row.code);
  CHECK(refused.body.at("message") == row.message);
  CHECK(stage.admin("GET", "/faults").at("faults").empty());
}

TEST_CASE("a bare operation is whose the tenant's API is; without one it needs its name in front", "[faults][admin]") {
  Stage stage(bundled_contracts());

  const Reaction refused = stage.send("POST", "/__admin/tenants/tester/faults", {{"on", "listProducts"}, {"kind", "reset"}});

  CHECK(refused.body.at("message") == "found fault on unknown operation 'listProducts', expected one with its API, as in api.operation");
}

TEST_CASE("faults strike exactly as often as they say when eight threads call at once", "[faults][wire]") {
  struct Row {
    const char* why;
    Json when;
    int struck;
  };
  const auto row = GENERATE(values<Row>({
      {"the hundredth call, once", {{"call", 100}}, 1},
      {"each seventh", {{"every", 7}}, 400 / 7},
      {"each seventh, ten times", {{"every", 7}, {"times", 10}}, 10},
      {"a call that never comes", {{"call", 401}}, 0},
  }));
  INFO(row.why);
  Json fault = {{"on", "listProducts"}, {"kind", "status"}, {"status", 503}};
  fault.update(row.when);
  Stage stage(bundled_contracts(), {{"api", "veeqo"}, {"limits", "none"}, {"faults", {fault}}});
  const auto wire = serve(stage);
  std::atomic<int> struck{0}, spared{0};

  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      RawSocket socket(wire->port(), 60s);
      for (int i = 0; i < 50; ++i) {
        socket.send(kList);
        const auto answer = socket.read_response().bytes;
        struck += answer.starts_with("HTTP/1.1 503 ") ? 1 : 0;
        spared += answer.starts_with("HTTP/1.1 200 ") ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(struck == row.struck);
  CHECK(spared == 400 - row.struck);
  const Json told = stage.admin("GET", "/faults").at("faults").at(0);
  CHECK(told.at("seen") == 400);
  CHECK(told.at("struck") == row.struck);
}

TEST_CASE("a tenant's faults never touch its neighbour", "[faults]") {
  Stage stage(bundled_contracts(), {{"api", "veeqo"}, {"faults", {{{"kind", "status"}, {"status", 503}, {"call", 2}}}}});
  REQUIRE(stage.mock().stage("second", {{"api", "veeqo"}, {"faults", {{{"kind", "status"}, {"status", 502}, {"call", 2}}}}}));
  std::vector<int> first, second;

  for (int i = 0; i < 3; ++i) {
    first.push_back(status_of(stage));
    second.push_back(stage.send("GET", "/veeqo/products", nullptr, {{"x-api-key", "second"}}).status);
  }

  CHECK(first == std::vector<int>{200, 503, 200});
  CHECK(second == std::vector<int>{200, 502, 200});
}

TEST_CASE("a delay is waited for on the wire, a virtual one moves the clock, and neither holds anybody else up", "[faults][wire]") {
  Stage stage(bundled_contracts(), {{"api", "veeqo"},
                                    {"clock", "2026-03-02T12:00:00Z"},
                                    {"faults",
                                     {{{"on", "listProducts"}, {"call", 1}, {"kind", "delay"}, {"delay", "60ms"}},
                                      {{"on", "listProducts"}, {"call", 2}, {"kind", "delay"}, {"delay", "3h"}, {"virtual", true}},
                                      {{"on", "listProducts"}, {"call", 3}, {"kind", "delay"}, {"delay", "1h"}}}}});
  const auto wire = serve(stage);
  RawSocket socket(wire->port());

  const auto start = std::chrono::steady_clock::now();
  socket.send(kList);
  CHECK(socket.read_response().bytes.starts_with("HTTP/1.1 200 "));
  CHECK(milliseconds_since(start) >= 60);
  CHECK(stage.admin("GET", "/clock").at("now") == "2026-03-02T12:00:00.000Z");

  socket.send(kList);
  CHECK(socket.read_response().bytes.starts_with("HTTP/1.1 200 "));
  CHECK(stage.admin("GET", "/clock").at("now") == "2026-03-02T15:00:00.000Z");

  socket.send(kList);  // an hour of virtual time
  CHECK(eventually([&] { return wire->counters().requests == 3; }));
  CHECK(status_of(stage) == 200);
}

TEST_CASE("a dripped answer comes whole, no faster than it says", "[faults][wire]") {
  Stage stage(bundled_contracts(),
              {{"api", "veeqo"}, {"faults", {{{"call", 1}, {"kind", "drip"}, {"drip", {{"bytes", 20}, {"every", "5ms"}}}}}}});
  const auto wire = serve(stage);
  RawSocket socket(wire->port());
  const auto start = std::chrono::steady_clock::now();

  socket.send(kList);
  const auto dripped = socket.read_response().bytes;
  const auto took = milliseconds_since(start);
  socket.send(kList);

  CHECK(dripped == socket.read_response().bytes);
  CHECK(took >= 5 * static_cast<std::int64_t>((dripped.size() - 1) / 20));
}

TEST_CASE("WireMock's names of faults are taken for ours", "[faults][wire]") {
  struct Row {
    const char* alias;
    RawSocket::End end;
    const char* start;
  };
  const auto row = GENERATE(values<Row>({
      {"CONNECTION_RESET_BY_PEER", RawSocket::End::reset, ""},
      {"EMPTY_RESPONSE", RawSocket::End::finished, ""},
      {"MALFORMED_RESPONSE_CHUNK", RawSocket::End::finished, "HTTP/1.1 "},
      {"RANDOM_DATA_THEN_CLOSE", RawSocket::End::finished, "\x16\x03"},
  }));
  INFO(row.alias);
  Stage stage(bundled_contracts(), {{"api", "veeqo"}});
  stage.admin("POST", "/faults", {{"kind", row.alias}});
  const auto wire = serve(stage);

  const auto seen = ask(wire->port(), kList);

  CHECK(seen.end == row.end);
  CHECK(seen.bytes.substr(0, std::string(row.start).size()) == row.start);
  CHECK(seen.bytes.empty() == std::string(row.start).empty());
}

TEST_CASE("a token that a fault ends is its caller's, not that of another session", "[faults][sellercloud]") {
  Stage stage(bundled_contracts(), {{"api", "sellercloud"}});
  const auto log_in = [&]() -> Headers {
    const Reaction token = stage.send("POST", "/sellercloud/rest/api/token", {{"Username", "tester"}, {"Password", "demo"}});
    return {{"Authorization", "Bearer " + token.body.at("access_token").get<std::string>()}};
  };
  const Headers first = log_in(), second = log_in();
  stage.admin("POST", "/faults", {{"on", "listCompanies"}, {"call", 1}, {"phase", "before_commit"}, {"kind", "expire_token"}});
  const auto list = [&](const Headers& headers) { return stage.send("GET", "/sellercloud/rest/api/Companies", nullptr, headers).status; };

  CHECK(list(first) == 200);  // it was looked at before it ended
  CHECK(list(first) == 401);
  CHECK(list(second) == 200);
}
