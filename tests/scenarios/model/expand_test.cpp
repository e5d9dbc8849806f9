#include "scenarios/src/model/expand.h"

#include "tests/scenarios/shop.h"
#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("a scenario without rows is one run of its steps", "[expand]") {
  const Scenario scenario = parsed_scenario("understudy: 1\nscenario: s\napi: shop\nsteps: [{ name: a, send: createItem }]\n").scenario;

  const auto runs = expand_scenario(scenario);

  REQUIRE(runs.size() == 1);
  CHECK(run_name(scenario, runs[0]) == "shop/a");
  CHECK(runs[0].steps.size() == 1);
}

TEST_CASE("every row of a scenario is a run, every row of a step a step", "[expand]") {
  const Scenario scenario = parsed_scenario(R"(understudy: 1
scenario: s
api: shop
each: [{ name: one, x: 1 }, { name: two, x: 2 }]
steps:
  - { name: a, send: createItem, each: [{ name: r, y: 1 }, { name: s, y: 2 }] }
  - { send: createItem, each: [{ name: t }] }
  - { name: b, send: createItem }
)")
                                .scenario;

  const auto runs = expand_scenario(scenario);

  REQUIRE(runs.size() == 2);
  CHECK(run_name(scenario, runs[1]) == "shop/a [two]");
  CHECK(runs[1].variables == Json{{"x", 2}});
  REQUIRE(runs[0].steps.size() == 4);
  CHECK(runs[0].steps[0].name == "a [r]");
  CHECK(runs[0].steps[1].name == "a [s]");
  CHECK(runs[0].steps[1].variables == Json{{"y", 2}});
  CHECK(runs[0].steps[1].number == 1);
  CHECK(runs[0].steps[1].each.empty());
  CHECK(runs[0].steps[2].name == "[t]");
  CHECK(runs[0].steps[3].number == 3);
}
