// The mock itself: is it well, which version, how is it set; everything back to the start; the end.
#include "mock/admin/call.h"

namespace understudy {
namespace {

Response tell_index(const AdminCall&) {
  return json_response(200, {{"title", "Understudy admin API"},
                             {"version", UNDERSTUDY_VERSION},
                             {"openapi", "/__admin/openapi.json"},
                             {"health", "/__admin/health"},
                             {"tenants", "/__admin/tenants"},
                             {"requests", "/__admin/requests"}});
}

Response tell_health(const AdminCall& call) {
  return json_response(200, {{"status", "healthy"},
                             {"message", "Understudy is ok"},
                             {"version", UNDERSTUDY_VERSION},
                             {"uptimeInSeconds", call.engine.since_start.microseconds() / 1'000'000},
                             {"timestamp", render_rfc3339_millis(Clock().now())}});
}

Response tell_version(const AdminCall&) { return json_response(200, {{"version", UNDERSTUDY_VERSION}}); }

Response tell_openapi(const AdminCall&) { return json_response(200, admin_openapi()); }

Response tell_settings(const AdminCall& call) {
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
                               {"shutdown", static_cast<bool>(options.shutdown)}}}});
}

Response reset(const AdminCall& call) {
  const auto only = call.parameter("tenant");
  std::vector<std::shared_ptr<Tenant>> tenants = call.engine.directory.all();
  if (only) {
    tenants = {call.engine.directory.find(*only)};
    if (tenants.front() == nullptr) return admin_failure(404, "unknown-tenant", "There is no tenant '" + *only + "'.");
  }
  for (const auto& tenant : tenants) call.engine.reset(*tenant, true);
  return json_response(200, Json::object());
}

Response shut_down(const AdminCall& call) {
  const auto& shutdown = call.engine.options.shutdown;
  if (!shutdown) return admin_failure(403, "no-shutdown", "This mock is ended by whoever started it.");
  shutdown();
  return json_response(200, Json::object());
}

constexpr AdminRoute kServerRoutes[] = {
    {"GET", "/", tell_index},
    {"GET", "/health", tell_health},
    {"GET", "/version", tell_version},
    {"GET", "/settings", tell_settings},
    {"GET", "/openapi.json", tell_openapi},
    {"POST", "/reset", reset},
    {"POST", "/shutdown", shut_down},
};

}  // namespace

std::span<const AdminRoute> server_routes() { return kServerRoutes; }

}  // namespace understudy
