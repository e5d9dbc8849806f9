// Rate limits: the arithmetic, what counts, the vendors' own numbers, the admin calls, and exactness when many call at once.
#include "mock/state/limits.h"

#include <algorithm>
#include <atomic>
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

const Time kStart = *parse_rfc3339("2026-03-02T09:00:00Z");

RateLimit window(std::int64_t requests, double seconds) {
  return {.kind = RateLimit::Kind::window, .requests = requests, .seconds = seconds, .per_second = 0};
}
RateLimit bucket(std::int64_t requests, double per_second) {
  return {.kind = RateLimit::Kind::bucket, .requests = requests, .seconds = 0, .per_second = per_second};
}

int taken(Limiter& limiter, Time now, int calls) {
  int count = 0;
  for (int i = 0; i < calls; ++i) {
    const Limiter::Taken after = limiter.take(now);
    limiter.set_count(after.count);
    count += after.accepted ? 1 : 0;
  }
  return count;
}

Headers bearer(Stage& stage) {
  const Reaction token = stage.send("POST", "/sellercloud/rest/api/token", {{"Username", "tester"}, {"Password", "demo"}});
  REQUIRE(token.status == 200);
  return {{"Authorization", "Bearer " + token.body.at("access_token").get<std::string>()}};
}

const Headers kLimitsKey = {{"x-api-key", "tester"}};
const std::string kNoon = "2026-03-02T12:00:00Z";

int answered(Stage& stage, const Headers& headers, const std::string& target, int calls, int status) {
  int count = 0;
  for (int i = 0; i < calls; ++i) count += stage.send("GET", target, nullptr, headers).status == status ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("a window takes so many calls from its first one on, then none until it ends", "[limits]") {
  Limiter limiter(window(3, 60));

  CHECK(limiter.remaining(kStart) == 3);
  CHECK(limiter.reset(kStart) == kStart + 60s);
  CHECK(taken(limiter, kStart, 2) == 2);
  CHECK(taken(limiter, kStart + 30s, 5) == 1);
  CHECK(limiter.reset(kStart + 30s) == kStart + 60s);
  CHECK(limiter.remaining(kStart + 30s) == 0);
  CHECK(taken(limiter, kStart + 59999ms, 5) == 0);
  CHECK(taken(limiter, kStart + 60s, 5) == 3);
  CHECK(limiter.reset(kStart + 60s) == kStart + 120s);
}

TEST_CASE("a bucket takes a burst, then as many calls as leak", "[limits]") {
  Limiter limiter(bucket(10, 5));

  CHECK(taken(limiter, kStart, 20) == 10);
  CHECK(limiter.reset(kStart) == kStart + 200ms);
  CHECK(taken(limiter, kStart + 199ms, 5) == 0);
  CHECK(taken(limiter, kStart + 200ms, 5) == 1);
  CHECK(taken(limiter, kStart + 700ms, 5) == 2);
  CHECK(limiter.remaining(kStart + 700ms) == 0);
  CHECK(limiter.reset(kStart + 700ms) == kStart + 800ms);
  CHECK(taken(limiter, kStart + 24h, 20) == 10);
}

TEST_CASE("clocks that are put back, and centuries, do not confuse a limiter", "[limits]") {
  struct Row {
    const char* why;
    RateLimit limit;
    Time then;
    int taken;
  };
  const auto row = GENERATE(values<Row>({
      {"a window opens anew before its start", window(2, 60), kStart - 1h, 2},
      {"a bucket leaks nothing backwards", bucket(2, 5), kStart - 1h, 0},
      {"a window a century later", window(2, 60), kStart + 24h * 36525, 2},
      {"a bucket a century later", bucket(2, 1e6), kStart + 24h * 36525, 2},
      {"a slow bucket", bucket(2, 0.001), kStart + 999999ms, 0},
      {"a slow bucket, later", bucket(2, 0.001), kStart + 1000000ms, 1},
  }));
  INFO(row.why);
  Limiter limiter(row.limit);
  REQUIRE(taken(limiter, kStart, 3) == 2);

  CHECK(taken(limiter, row.then, 5) == row.taken);
}

TEST_CASE("10,800 calls an hour are taken, the log-in among them, and not one more", "[limits][sellercloud]") {
  Limiter limiter(bundled_contracts().find_api("sellercloud")->rate_limit);
  CHECK(taken(limiter, kStart, 11000) == 10800);
  CHECK(taken(limiter, kStart + 59min, 10) == 0);
  CHECK(taken(limiter, kStart + 1h, 11000) == 10800);

  Stage stage(bundled_contracts(), {{"api", "sellercloud"}, {"clock", kNoon}, {"limits", {{"requests", 3}}}});
  const Headers headers = bearer(stage);
  const std::string target = "/sellercloud/rest/api/Companies";
  CHECK(answered(stage, headers, target, 2, 200) == 2);
  const Reaction refused = stage.send("GET", target, nullptr, headers);
  CHECK(refused.status == 409);
  CHECK(refused.body == Json{{"Error", "Too many requests."}, {"RateLimitResetTime", "2026-03-02T13:00:00.0000000Z"}});
  const Json entry = stage.journal().back();
  CHECK(entry.at("decisions").at(0).at("rule") == "rate_limit");
  CHECK(entry.at("decisions").at(0).at("place").get<std::string>().find("sellercloud/rules.yaml:") != std::string::npos);

  stage.admin("POST", "/clock/advance", {{"by", "1h"}});
  CHECK(stage.send("POST", "/sellercloud/rest/api/token", {{"Username", "tester"}, {"Password", "demo"}}).status == 200);
}

TEST_CASE("100 calls at once fill the bucket, and it leaks five in a second", "[limits][veeqo]") {
  Stage stage(bundled_contracts(), {{"api", "veeqo"}, {"clock", kNoon}});

  CHECK(answered(stage, kLimitsKey, "/veeqo/products", 120, 200) == 100);
  const Reaction refused = stage.send("GET", "/veeqo/products", nullptr, kLimitsKey);
  CHECK(refused.status == 429);
  CHECK(refused.text.empty());
  CHECK(refused.headers.empty());

  stage.admin("POST", "/clock/advance", {{"by", "1s"}});
  CHECK(answered(stage, kLimitsKey, "/veeqo/products", 20, 200) == 5);
}

TEST_CASE("one API's limit is not the other's, and one tenant's not its neighbour's", "[limits]") {
  Stage stage(bundled_contracts(), {{"clock", kNoon}, {"limits", {{"veeqo", {{"requests", 1}}}}}});
  REQUIRE(stage.mock().stage("neighbour", {{"clock", kNoon}, {"limits", {{"veeqo", {{"requests", 1}}}}}}));

  CHECK(answered(stage, kLimitsKey, "/veeqo/products", 3, 200) == 1);
  CHECK(answered(stage, {{"x-api-key", "neighbour"}}, "/veeqo/products", 3, 200) == 1);
  bearer(stage);
}

TEST_CASE("requests without a credential are not counted", "[limits]") {
  Stage stage(bundled_contracts(), {{"api", "sellercloud"}, {"clock", kNoon}, {"limits", {{"requests", 1}}}});

  const Headers pinned = {{"Understudy-Tenant", "tester"}};
  CHECK(answered(stage, pinned, "/sellercloud/api/server-by-team?teamName=x", 3, 409) == 0);
  CHECK(answered(stage, pinned, "/sellercloud/rest/api/Companies", 3, 401) == 3);
  CHECK(stage.admin("GET", "/limits").at("limits").at("sellercloud").at("remaining") == 1);
}

TEST_CASE("without limits nothing is counted but what a tenant asks for", "[limits]") {
  Mock mock(bundled_contracts(), {.demo = false, .rate_limits = false});
  REQUIRE(mock.stage("free", {{"clock", kNoon}}));
  REQUIRE(mock.stage("bound", {{"clock", kNoon}, {"limits", {{"veeqo", {{"requests", 2}}}}}}));
  const auto taken_by = [&](const std::string& key) {
    int count = 0;
    for (int i = 0; i < 150; ++i) {
      const Request request{.method = "GET", .target = "/veeqo/products", .headers = {{"x-api-key", key}}};
      count += mock.handle(request).response.status == 200 ? 1 : 0;
    }
    return count;
  };

  CHECK(taken_by("free") == 150);
  CHECK(taken_by("bound") == 2);
}

TEST_CASE("limits are shown and changed while the mock runs", "[limits][admin]") {
  Stage stage(bundled_contracts(), {{"api", "veeqo"}, {"clock", kNoon}, {"limits", {{"requests", 2}, {"per", "1m"}}}});
  REQUIRE(answered(stage, kLimitsKey, "/veeqo/products", 3, 200) == 2);

  const Json told = stage.admin("GET", "/limits").at("limits");
  CHECK(told.at("veeqo") ==
        Json{{"kind", "window"}, {"requests", 2}, {"per", "1m"}, {"remaining", 0}, {"reset", "2026-03-02T12:01:00.000Z"}});
  CHECK(told.at("sellercloud").at("requests") == 10800);
  CHECK(told.at("sellercenter") == "none");

  stage.admin("PUT", "/limits", {{"veeqo", {{"requests", 3}, {"per_second", 1}}}});
  CHECK(answered(stage, kLimitsKey, "/veeqo/products", 5, 200) == 3);
  stage.admin("PUT", "/limits", "none");
  CHECK(answered(stage, kLimitsKey, "/veeqo/products", 150, 200) == 150);
}

TEST_CASE("a limit that means nothing is refused with its place, and changes nothing", "[limits][admin]") {
  struct Row {
    const char* why;
    Json limits;
    const char* code;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"no number", {{"requests", "x"}}, "bad-limit", "limits/requests: found string \"x\", expected an integer from 1 to 1000000000"},
      {"none at all", {{"requests", 0}}, "bad-limit", "limits/requests: found integer 0, expected an integer from 1 to 1000000000"},
      {"both kinds",
       {{"requests", 1}, {"per", "1h"}, {"per_second", 1}},
       "bad-limit",
       "limits: per and per_second exclude each other: a window, or a bucket that leaks"},
      {"no requests", {{"per", "1h"}}, "bad-limit", "limits: requests is missing: how many calls are taken"},
      {"no time",
       {{"requests", 1}, {"per", "0s"}},
       "bad-limit",
       "limits/per: found string \"0s\", expected the length of a window, such as 1h"},
      {"no leak",
       {{"requests", 1}, {"per_second", 0}},
       "bad-limit",
       "limits/per_second: found integer 0, expected a number from 0.001 to 1000000"},
      {"a slip", {{"requests", 1}, {"per_secnd", 1}}, "unknown-key", "limits/per_secnd: found 'per_secnd' (did you mean 'per_second'?)"},
      {"no such API", {{"veego", {{"requests", 1}}}}, "unknown-api", "limits: found unknown API 'veego'"},
      {"an API that cannot say so",
       {{"sellercenter", {{"requests", 1}, {"per", "1h"}}}},
       "impossible-limit",
       "limits: sellercenter has no answer to a throttled call"},
      {"no object", 5, "bad-limit",
       "limits: found integer 5, expected none, {requests: n}, {requests: n, per: duration} or {requests: n, per_second: n}"},
  }));
  INFO(row.why);
  Stage stage(bundled_contracts(), {{"api", "veeqo"}, {"clock", kNoon}});
  const Json before = stage.admin("GET", "/limits");

  const Reaction refused = stage.send("PUT", "/__admin/tenants/tester/limits", {{"limits", row.limits}});

  CHECK(refused.status == 400);
  CHECK(refused.body == Json{{"code", row.code}, {"message", row.message}});
  CHECK(stage.admin("GET", "/limits") == before);
}

TEST_CASE("a limit is exact when eight threads call at once", "[limits][wire]") {
  Mock mock(bundled_contracts());
  REQUIRE(mock.stage("crowd", {{"api", "veeqo"}, {"clock", kNoon}, {"limits", {{"requests", 150}, {"per", "1h"}}}}));
  const auto wire = open_wire([&](Request&& request, const Peer&) { return mock.handle(request); });
  std::atomic<int> taken_calls{0}, refused{0};

  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      RawSocket socket(wire->port(), std::chrono::seconds(60));
      for (int i = 0; i < 50; ++i) {
        socket.send("GET /veeqo/products HTTP/1.1\r\nHost: a\r\nx-api-key: crowd\r\n\r\n");
        const auto answer = socket.read_response().bytes;
        taken_calls += answer.starts_with("HTTP/1.1 200 ") ? 1 : 0;
        refused += answer.starts_with("HTTP/1.1 429 ") ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(taken_calls == 150);
  CHECK(refused == 250);
}
