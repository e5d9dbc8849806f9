#include "mock/admin_call.h"

namespace understudy {
namespace {

Json journal_of(Tenant& tenant) {
  const std::lock_guard lock(tenant.mutex);
  Json entries = Json::array();
  for (const JournalEntry& entry : tenant.journal.entries()) entries.push_back(render_entry(entry, tenant.name));
  return entries;
}

Response list_requests(const AdminCall& call) {
  Json entries = Json::array();
  const auto only = call.parameter("tenant");
  for (const auto& tenant : call.engine.directory.all()) {
    if (only && tenant->name != *only) continue;
    for (Json& entry : journal_of(*tenant)) entries.push_back(std::move(entry));
  }
  return json_response(200, {{"requests", entries}, {"meta", {{"total", entries.size()}}}});
}

Response list_requests_of_tenant(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) { return json_response(200, {{"requests", journal_of(tenant)}}); });
}

Response list_findings(const AdminCall& call) {
  const std::lock_guard lock(call.engine.findings_mutex);
  return json_response(200, {{"findings", call.engine.own_findings}});
}

constexpr AdminRoute kRoutes[] = {
    {"GET", "/requests", list_requests},
    {"GET", "/tenants/{tenant}/requests", list_requests_of_tenant},
    {"GET", "/findings", list_findings},
};

}  // namespace

std::span<const AdminRoute> request_routes() { return kRoutes; }

}  // namespace understudy
