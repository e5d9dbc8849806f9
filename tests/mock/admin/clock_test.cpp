// Time: the admin calls that read, set, release and advance clocks; that tokens, windows, redelivery and timestamps obey them; and
// that a day of it takes no time.
#include <chrono>

#include "mock/state/redelivery.h"
#include "mock/state/tenant.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const std::string kNoon = "2026-03-02T12:00:00Z";

std::string scenario(const std::string& name) { return std::string(UNDERSTUDY_SOURCE_DIR) + "/scenarios/" + name; }

Json order_of(const std::string& source_id) {
  return {{"CustomerDetails", {{"Email", "a@example.test"}, {"FirstName", "A"}, {"LastName", "B"}}},
          {"OrderDetails", {{"CompanyID", 163}, {"Channel", "Website"}, {"OrderSourceOrderID", source_id}}}};
}

Json batch_of(const std::string& sku) {
  const Json product = {{"attribute_set", "1"}, {"seller", "624"}, {"seller_sku", sku}, {"title", "Lamp"}, {"price", "10.00"}};
  return Json::array({{{"api", 1}, {"method", "auth"}, {"params", {{"username", "tester"}, {"password", "demo"}}}},
                      {{"api", 1}, {"method", "Product.createProducts"}, {"params", {{"productsInfo", {product}}}}, {"id", sku}}});
}

}  // namespace

TEST_CASE("a tenant's clock is read, set, advanced and released", "[clock][admin]") {
  Stage stage(bundled_contracts(), {{"clock", kNoon}});

  CHECK(stage.admin("GET", "/clock") == Json{{"tenant", "tester"}, {"now", "2026-03-02T12:00:00.000Z"}, {"virtual", true}});
  CHECK(stage.admin("PUT", "/clock", {{"now", "2030-01-01T00:00:00+01:00"}}).at("now") == "2029-12-31T23:00:00.000Z");
  CHECK(stage.admin("POST", "/clock/advance", {{"by", "90s"}}).at("now") == "2029-12-31T23:01:30.000Z");
  const Json free = stage.admin("PUT", "/clock", {{"virtual", false}});
  CHECK(free.at("virtual") == false);
  CHECK(free.at("now") != "2029-12-31T23:01:30.000Z");
}

TEST_CASE("a clock that runs begins at its start, also after a reset", "[clock][admin]") {
  Stage stage(bundled_contracts(), {{"clock", {{"start", kNoon}, {"runs", true}}}});
  const auto minute = [&] { return stage.admin("GET", "/clock").at("now").get<std::string>().substr(0, 16); };

  CHECK(stage.admin("GET", "/clock").at("virtual") == false);
  CHECK(minute() == "2026-03-02T12:00");
  const auto before = stage.mock().find_tenant("tester")->state().env.clock.now();
  while (stage.mock().find_tenant("tester")->state().env.clock.now() == before) continue;
  stage.admin("POST", "/clock/advance", {{"by", "1h"}});
  CHECK(minute() == "2026-03-02T13:00");
  stage.send("POST", "/__admin/reset");
  CHECK(minute() == "2026-03-02T12:00");
}

TEST_CASE("a clock of a wrong form is refused", "[clock][admin]") {
  const auto clock = GENERATE(Json("noon"), Json(5), Json{{"start", kNoon}}, Json{{"start", kNoon}, {"runs", 1}}, Json{{"runs", true}},
                              Json{{"start", 5}, {"runs", true}}, Json{{"start", kNoon}, {"runs", true}, {"speed", 2}});
  CAPTURE(clock);
  Mock mock(bundled_contracts());

  const auto staged = mock.stage("shop", {{"clock", clock}});

  REQUIRE_FALSE(staged);
  CHECK(staged.error().code == "bad-clock");
}

TEST_CASE("all clocks advance at once, or only one", "[clock][admin]") {
  Stage stage(bundled_contracts(), {{"clock", kNoon}});
  REQUIRE(stage.mock().stage("second", {{"clock", kNoon}}));

  const Json all = stage.send("PUT", "/__admin/clock", {{"now", "2031-05-05T05:05:05Z"}}).body.at("clocks");
  REQUIRE(all.size() == 3);  // the default tenant, too
  for (const Json& clock : all) CHECK(clock.at("now") == "2031-05-05T05:05:05.000Z");
  const Json one = stage.send("POST", "/__admin/clock/advance?tenant=second", {{"by", "1d"}}).body.at("clocks");
  REQUIRE(one.size() == 1);
  CHECK(one.at(0).at("now") == "2031-05-06T05:05:05.000Z");
  CHECK(stage.admin("GET", "/clock").at("now") == "2031-05-05T05:05:05.000Z");
  CHECK(stage.send("GET", "/__admin/clock").body.at("clocks").size() == 3);
}

TEST_CASE("a clock that cannot be is refused and stands where it stood", "[clock][admin]") {
  struct Row {
    const char* why;
    const char* method;
    const char* path;
    Json body;
    int status;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"no time", "PUT", "/tenants/tester/clock", {{"now", "yesterday"}}, 400, "bad-clock"},
      {"no member", "PUT", "/tenants/tester/clock", Json::object(), 400, "bad-clock"},
      {"virtual, but when", "PUT", "/tenants/tester/clock", {{"virtual", true}}, 400, "bad-clock"},
      {"both", "PUT", "/clock", {{"virtual", false}, {"now", kNoon}}, 400, "bad-clock"},
      {"no object", "PUT", "/clock", 5, 400, "bad-clock"},
      {"an unknown tenant", "PUT", "/clock?tenant=missing", {{"now", kNoon}}, 404, "unknown-tenant"},
      {"backwards", "POST", "/tenants/tester/clock/advance", {{"by", "-1s"}}, 400, "bad-duration"},
      {"a number", "POST", "/clock/advance", {{"by", 5}}, 400, "bad-duration"},
      {"no list", "POST", "/clock/advance", Json::array(), 400, "bad-duration"},
      {"an unknown tenant, advanced", "POST", "/tenants/missing/clock/advance", {{"by", "1s"}}, 404, "unknown-tenant"},
  }));
  INFO(row.why);
  Stage stage(bundled_contracts(), {{"clock", kNoon}});

  const Reaction refused = stage.send(row.method, "/__admin" + std::string(row.path), row.body);

  CHECK(refused.status == row.status);
  CHECK(refused.body.at("code") == row.code);
  CHECK(stage.admin("GET", "/clock").at("now") == "2026-03-02T12:00:00.000Z");
}

TEST_CASE("no clock passes the year 9999", "[clock][admin]") {
  Stage stage(bundled_contracts(), {{"clock", "9999-12-31T00:00:00Z"}});

  const Reaction refused = stage.send("POST", "/__admin/tenants/tester/clock/advance", {{"by", "1d"}});
  CHECK(refused.status == 400);
  CHECK(refused.body.at("code") == "clock-too-late");
  CHECK(stage.send("POST", "/__admin/clock/advance", {{"by", "1d"}}).body.at("code") == "clock-too-late");
  CHECK(stage.admin("POST", "/clock/advance", {{"by", "23h"}}).at("now") == "9999-12-31T23:00:00.000Z");
}

TEST_CASE("24 hours with tokens, windows, redelivery and timestamps pass in less than two seconds", "[clock]") {
  const auto started = std::chrono::steady_clock::now();
  Stage stage(bundled_contracts(), {{"api", "sellercloud"}, {"clock", "2026-03-02T00:00:00Z"}, {"limits", {{"requests", 3}}}});
  const auto log_in = [&] {
    return "Bearer " +
           stage.send("POST", "/sellercloud/rest/api/token", {{"Username", "tester"}, {"Password", "demo"}}).body.value("access_token", "");
  };
  const std::string entry = stage.send("POST", "/sellercenter", batch_of("S-1")).text;
  std::vector<int> created, throttled, expired;
  std::string days;

  for (int hour = 0; hour < 24; ++hour) {
    const Headers headers = {{"Authorization", log_in()}};
    const std::string source = "H-" + std::to_string(hour);
    const Reaction order = stage.send("POST", "/sellercloud/rest/api/Orders", order_of(source), headers);
    created.push_back(order.status);
    const std::string path = "/sellercloud/rest/api/Orders/" + std::to_string(order.body.value("ID", 0));
    days += stage.send("GET", path, nullptr, headers).text.find("2026-03-0") == std::string::npos ? "-" : "+";
    throttled.push_back(stage.send("GET", path, nullptr, headers).status);
    stage.admin("POST", "/clock/advance", {{"by", "1h"}});
    expired.push_back(stage.send("GET", path, nullptr, headers).status);
  }

  CHECK(created == std::vector<int>(24, 200));
  CHECK(days == std::string(24, '+'));
  CHECK(throttled == std::vector<int>(24, 409));
  CHECK(expired == std::vector<int>(24, 401));
  CHECK(stage.send("POST", "/sellercenter", batch_of("S-1")).text == entry);
  CHECK(stage.count("sellercenter.products") == 1);
  CHECK(stage.admin("GET", "/clock").at("now") == "2026-03-03T00:00:00.000Z");
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(2));
}

TEST_CASE("the bundled day passes from the command line", "[clock]") {
  const Ended ended = run_understudy({"verify", scenario("sellercloud/time-a-day.yaml")});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK(ended.out.find("1 passed, 0 failed, 0 skipped") != std::string::npos);
}

TEST_CASE("redelivered calls are remembered up to a number and to a size, the stalest forgotten first", "[clock][redelivery]") {
  Redeliveries memory;
  memory.deliver("first", 1);
  memory.finish("first", 0, "done");
  for (std::size_t i = 1; i < Redeliveries::kMostCalls; ++i) memory.deliver(std::to_string(i), 1);

  CHECK(memory.calls().size() == Redeliveries::kMostCalls);
  REQUIRE(memory.find("first") != nullptr);
  CHECK(memory.find("first")->at(0) == "done");
  memory.deliver("first", 1);  // and so is the latest again
  memory.deliver("one more", 1);
  CHECK(memory.calls().size() == Redeliveries::kMostCalls);
  CHECK(memory.find("first")->at(0) == "done");
  CHECK(memory.find("1") == nullptr);

  const std::string large(Redeliveries::kMostBytes, 'x');
  memory.deliver(large, 2);
  memory.finish(large, 1, "5");
  CHECK(memory.calls().size() == 1);
  CHECK(memory.find(large)->at(1) == "5");
  CHECK_FALSE(memory.find(large)->at(0).has_value());
}
