// Staged scenarios in WireMock's shape. A scenario here is a tenant that was staged from a file: it has been started, or exchanges
// have been played on it, and the only state it can be put into is the first.
#include "mock/admin/call.h"

namespace understudy {
namespace {

constexpr std::string_view kStarted = "Started";  // WireMock's word for a scenario nothing has happened to
constexpr std::string_view kPlayed = "Played";

// What staging told of the file; null if the tenant was not staged from one.
const Json* scenario_of(const Tenant& tenant) { return tenant.staged == nullptr ? nullptr : find_pointer(*tenant.staged, "/scenario"); }

Json render_scenario(Tenant& tenant, const Json& scenario) {
  const auto text = [](const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::lock_guard lock(tenant.mutex);
  const std::uint64_t exchanges = tenant.journal.total() - tenant.journal_offset;
  return {{"id", tenant.name},
          {"name", tenant.name},
          {"state", exchanges == 0 ? kStarted : kPlayed},
          {"possibleStates", Json::array({kStarted, kPlayed})},
          {"exchanges", exchanges},
          {"tenant", tenant.name},
          {"api", text(*tenant.staged, "api")},
          {"title", text(scenario, "title")},
          {"file", text(scenario, "file")}};
}

Response list_scenarios(const AdminCall& call) {
  Json list = Json::array();
  for (const auto& tenant : call.engine.directory.all()) {
    if (const Json* scenario = scenario_of(*tenant)) list.push_back(render_scenario(*tenant, *scenario));
  }
  return json_response(200, {{"scenarios", std::move(list)}});
}

Response reset_scenarios(const AdminCall& call) {
  for (const auto& tenant : call.engine.directory.all()) {
    if (scenario_of(*tenant) != nullptr) call.engine.reset(*tenant);
  }
  return json_response(200, Json::object());
}

Response put_state(const AdminCall& call) {
  const std::string name = call.path_parameter("scenario");
  const auto tenant = call.engine.directory.find(name);
  if (tenant == nullptr || scenario_of(*tenant) == nullptr)
    return admin_failure(404, "unknown-scenario", "There is no staged scenario '" + name + "'.");
  return with_body(call, [&](const Json& body) {
    if (!body.is_object()) return admin_failure(400, "wrong-type", "expected {\"state\": \"Started\"}");
    const auto state = body.find("state");
    if (state != body.end() && !state->is_null() && *state != kStarted) {
      return admin_failure(422, "no-such-state",
                           "found state " + describe(*state) +
                               ", expected \"Started\": what a scenario holds comes of what is sent; a snapshot keeps a later state.");
    }
    call.engine.reset(*tenant);
    return json_response(200, Json::object());
  });
}

constexpr AdminRoute kScenariosRoutes[] = {
    {"GET", "/scenarios", list_scenarios},
    {"POST", "/scenarios/reset", reset_scenarios},
    {"PUT", "/scenarios/{scenario}/state", put_state},
};

}  // namespace

std::span<const AdminRoute> scenario_routes() { return kScenariosRoutes; }

}  // namespace understudy
