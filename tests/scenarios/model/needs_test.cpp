#include "scenarios/src/model/needs.h"

#include <fmt/ranges.h>

#include "tests/scenarios/shop.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::string needs_of(const std::string& text, const Profile* target = nullptr) {
  const ScenarioFile file = parsed_scenario("understudy: 1\nscenario: s\napi: shop\n" + text);
  return fmt::format("{}", fmt::join(find_needs(file.scenario, shop_contracts(), target), " "));
}

}  // namespace

TEST_CASE("what a scenario needs is seen in the file", "[needs]") {
  struct Row {
    const char* why;
    const char* text;
    const char* needs;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", "steps: [{ send: createItem }]\n", ""},
      {"seed and variables need nothing", "given: { seed: 1, variables: { a: 1 } }\nsteps: [{ send: createItem }]\n", ""},
      {"all of it, in order",
       "given: { ids: { item: 1 }, profile: observed, clock: \"2026-01-01T00:00:00Z\", faults: [{ kind: reset }], settings: { "
       "strict_prices: "
       "true }, records: { items: [] } }\nsteps: [{ send: createItem }]\n",
       "records settings faults clock profile ids"},
      {"advance", "steps: [{ advance: 1h }]\n", "clock"},
      {"an expired token", "steps: [{ send: createItem, auth: expired }]\n", "clock"},
      {"a garbage token", "steps: [{ send: createItem, auth: garbage }]\n", ""},
  }));
  INFO(row.why);

  CHECK(needs_of(row.text) == row.needs);
}

TEST_CASE("a pinned profile is no need where the target has it", "[needs]") {
  const Profile documented, observed{.base = "observed", .overrides = Json::object()};
  const Profile alike{.base = "documented", .overrides = {{"shape_status", 400}}};
  const std::string pinned = "given: { profile: observed }\nsteps: [{ send: createItem }]\n";

  CHECK(needs_of(pinned, &documented) == "profile");
  CHECK(needs_of(pinned, &observed).empty());
  CHECK(needs_of(pinned, &alike).empty());
}

TEST_CASE("a need is explained by the step that has it", "[needs]") {
  const ScenarioFile file = parsed_scenario("understudy: 1\nscenario: s\napi: shop\nsteps: [{ send: createItem }, { advance: 1h }]\n");

  CHECK(explain_need(file.scenario, "clock") == "clock: step 2 advances it");
  CHECK(explain_need(file.scenario, "faults") == "faults: given.faults");
}
