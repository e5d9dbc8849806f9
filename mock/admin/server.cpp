// The mock itself: health, version, settings, reset of all tenants, shutdown.
#include "mock/admin/admin.h"

namespace understudy {
namespace {

Response get_index(const AdminCall&) {
  return json_response(200, {{"title", "Understudy admin API"},
                             {"version", UNDERSTUDY_VERSION},
                             {"openapi", "/__admin/openapi.json"},
                             {"health", "/__admin/health"},
                             {"tenants", "/__admin/tenants"},
                             {"requests", "/__admin/requests"}});
}

Response get_health(const AdminCall& call) {
  return json_response(200, {{"status", "healthy"},
                             {"message", "Understudy is ok"},
                             {"version", UNDERSTUDY_VERSION},
                             {"uptimeInSeconds", call.engine.since_start.microseconds() / 1'000'000},
                             {"timestamp", render_rfc3339_millis(Clock().now())}});
}

Response get_version(const AdminCall&) { return json_response(200, {{"version", UNDERSTUDY_VERSION}}); }

Response get_openapi(const AdminCall& call) { return json_response(200, render_openapi(call.tables)); }

Response get_settings(const AdminCall& call) {
  const MockOptions& options = call.engine.options;
  Json apis = Json::array();
  for (const auto& contract : call.engine.contracts.apis) {
    if (options.only_api.empty() || options.only_api == contract->api)
      apis.push_back({{"api", contract->api}, {"title", contract->title}, {"base", options.only_api.empty() ? contract->base : "/"}});
  }
  return json_response(200, {{"settings",
                              {{"profile", render_profile(options.profile)},
                               {"apis", std::move(apis)},
                               {"demo", options.demo},
                               {"checkAllAnswers", options.check_all_answers},
                               {"journalEntries", options.journal_entries},
                               {"journalBytes", options.journal_bytes},
                               {"history", options.history},
                               {"shutdown", static_cast<bool>(options.shutdown)}}}});
}

Response reset(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  if (!tenants) return tenants.error();
  const auto done = change_each(call, *tenants, [&](Tenant& tenant) {
    call.engine.reset(tenant, call.made_by, true);
    return Json();
  });
  if (!done) return done.error();
  if (!call.parameter("tenant")) call.engine.stubs->clear();
  return json_response(200, Json::object());
}

Response shut_down(const AdminCall& call) {
  const auto& shutdown = call.engine.options.shutdown;
  if (!shutdown)
    return error_response(403, "no-shutdown", "Shutdown is disabled because the mock is embedded; stop the host process instead.");
  shutdown();
  return json_response(200, Json::object());
}

constexpr AdminOperation kServerOperations[] = {
    row("GET", "/", get_index, "getIndex", "Paths of the main calls", {.result = "Object"}),
    row("GET", "/health", get_health, "getHealth", "Health, time since start, version", {.result = "Health"}),
    row("GET", "/version", get_version, "getVersion", "Version", {.result = "Version"}),
    row("GET", "/settings", get_settings, "getSettings", "Options that the mock was started with", {.result = "Settings"}),
    row("GET", "/openapi.json", get_openapi, "getOpenapi", "This document", {.result = "Object"}),
    row("POST", "/reset", reset, "reset", "Return every tenant to the state it was staged with, empty its journal, remove stubs",
        {.query = "tenant", .result = "Object"}),
    row("POST", "/shutdown", shut_down, "shutDown", "Stop the server as a signal does", {.result = "Object"}),
};

}  // namespace

AdminTable server_operations() { return {"server", kServerOperations}; }

}  // namespace understudy
