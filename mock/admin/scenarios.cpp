// Staged scenarios in WireMock's shape. A scenario is a tenant that was staged from a file. Its state is Started until its first
// exchange and Played afterwards; the only state that a client can set is Started.
#include "mock/admin/admin.h"
#include "mock/engine/decode.h"

namespace understudy {
namespace {

constexpr std::string_view kStarted = "Started";  // WireMock's name for the first state
constexpr std::string_view kPlayed = "Played";

// The scenario's title and file; null if the tenant was not staged from a file.
const Json* scenario_of(const Tenant& tenant) { return tenant.staged == nullptr ? nullptr : find_pointer(*tenant.staged, "/scenario"); }

Json render_scenario(Tenant& tenant, const Json& scenario) {
  const TenantLock lock(tenant);
  const std::uint64_t exchanges = tenant.journal.total() - tenant.journal_offset;
  return {{"id", tenant.name},
          {"name", tenant.name},
          {"state", exchanges == 0 ? kStarted : kPlayed},
          {"possibleStates", {kStarted, kPlayed}},
          {"exchanges", exchanges},
          {"tenant", tenant.name},
          {"api", text_at(*tenant.staged, "/api")},
          {"title", text_at(scenario, "/title")},
          {"file", text_at(scenario, "/file")}};
}

Response list_scenarios(const AdminCall& call) {
  Json list = Json::array();
  for (const auto& tenant : call.engine.directory.all()) {
    if (const Json* scenario = scenario_of(*tenant)) list.push_back(render_scenario(*tenant, *scenario));
  }
  return json_response(200, {{"scenarios", std::move(list)}});
}

Response reset_scenarios(const AdminCall& call) {
  const auto done = change_each(call, call.engine.directory.all(), [&](Tenant& tenant) {
    if (scenario_of(tenant) != nullptr) call.engine.reset(tenant, call.made_by);
    return Json();
  });
  if (!done) return done.error();
  return json_response(200, Json::object());
}

Response put_state(const AdminCall& call) {
  const std::string name = call.path_parameter("scenario");
  const auto tenant = call.engine.directory.find(name);
  if (tenant == nullptr || scenario_of(*tenant) == nullptr)
    return error_response(404, "unknown-scenario", "There is no staged scenario '" + name + "'.");
  const auto body = read_body(call);
  if (!body) return body.error();
  if (!body->is_object()) return error_response(400, "wrong-type", "expected {\"state\": \"Started\"}");
  const auto state = body->find("state");
  if (state != body->end() && !state->is_null() && *state != kStarted) {
    return error_response(422, "no-such-state",
                          "found state " + describe(*state) +
                              ", expected \"Started\": only requests change a scenario's later state; take a snapshot to keep one.");
  }
  call.engine.reset(*tenant, call.made_by);
  return json_response(200, Json::object());
}

constexpr AdminOperation kScenarioOperations[] = {
    row("GET", "/scenarios", list_scenarios, "listScenarios", "Scenarios that were staged from files, each one a tenant",
        {.result = "Scenarios"}),
    row("POST", "/scenarios/reset", reset_scenarios, "resetScenarios", "Reset every staged scenario; journals stay", {.result = "Object"}),
    row("PUT", "/scenarios/{scenario}/state", put_state, "putScenarioState", "Reset one scenario; no other state can be set",
        {.body = "State", .result = "Object", .error = "422"}),
};

}  // namespace

AdminTable scenario_operations() { return {"scenarios", kScenarioOperations}; }

}  // namespace understudy
