// Tenants: listed, staged, reset and removed; their tokens expired.
#include "mock/admin/admin.h"

namespace understudy {
namespace {

Json render_tenant(Tenant& tenant) {
  const TenantLock lock(tenant);
  return {{"name", tenant.name},
          {"username", tenant.username},
          {"profile", render_profile(tenant.state().profile)},
          {"now", render_rfc3339_millis(tenant.state().env.clock.now())},
          {"virtual", tenant.state().env.clock.is_virtual()},
          {"records", count_records(tenant.state())},
          {"exchanges", tenant.journal.total()}};
}

Response list_tenants(const AdminCall& call) {
  Json tenants = Json::array();
  for (const auto& tenant : call.engine.directory.all()) tenants.push_back(render_tenant(*tenant));
  return json_response(200, {{"tenants", std::move(tenants)}});
}

Response put_tenant(const AdminCall& call) {
  const std::string name = call.path_parameter("tenant");
  const auto given = read_body(call);
  if (!given) return given.error();
  const auto staged = call.engine.stage(name, *given, call.made_by);
  return staged ? json_response(200, {{"name", name}}) : error_response(staged.error());
}

Response expire_tokens(const AdminCall& call, Tenant& tenant) {
  const TenantLock lock(tenant, call.made_by);
  const Time now = tenant.state().env.clock.now();
  for (const auto& [value, token] : tenant.state().tokens) {
    if (token.expires > now) tenant.write(change::TokenExpired{.token = value, .expires = now});
  }
  return json_response(200, {{"expired", tenant.state().tokens.size()}});
}

Response get_tenant(const AdminCall&, Tenant& tenant) { return json_response(200, render_tenant(tenant)); }

Response delete_tenant(const AdminCall& call, Tenant& tenant) {
  if (tenant.name == kDefaultTenant)
    return error_response(400, "lobby-stays", "The default tenant '" + tenant.name + "' cannot be removed.");
  const auto removed = call.engine.restage({.given = {}, .removed = {tenant.name}});
  return removed ? no_content() : error_response(removed.error().problem);
}

Response reset_tenant(const AdminCall& call, Tenant& tenant) {
  call.engine.reset(tenant, call.made_by);
  const ReceiptCollector ignored(ReceiptCollector::What::nothing);  // with a shared storage, the tenant must not be reset again
  return json_response(200, render_tenant(tenant));
}

constexpr AdminOperation kTenantOperations[] = {
    row("GET", "/tenants", list_tenants, "listTenants", "All tenants", {.result = "Tenants"}),
    row("PUT", "/tenants/{tenant}", put_tenant, "putTenant", "Create or replace a tenant, as a scenario's `given` does",
        {.body = "Given", .result = "Named"}),
    row("GET", "/tenants/{tenant}", get_tenant, "getTenant", "One tenant", {.result = "Tenant"}),
    row("DELETE", "/tenants/{tenant}", delete_tenant, "deleteTenant", "Remove a tenant", {.status = 204}),
    row("POST", "/tenants/{tenant}/tokens/expire", expire_tokens, "expireTokens", "Expire every token issued so far",
        {.result = "Expired"}),
    row("POST", "/tenants/{tenant}/reset", reset_tenant, "resetTenant",
        "Return the tenant to the state it was staged with; its journal stays", {.result = "Tenant"}),
};

}  // namespace

AdminTable tenant_operations() { return {"tenants", kTenantOperations}; }

}  // namespace understudy
