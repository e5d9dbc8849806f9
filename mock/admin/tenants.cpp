#include "mock/admin/call.h"

namespace understudy {
namespace {

Json render_tenant(const Tenant& tenant) {
  Json records = Json::object();
  for (const auto& [api, state] : tenant.states_by_api) {
    for (const std::string& collection : state->store.collections()) records[api + "." + collection] = state->store.count(collection);
  }
  return {{"name", tenant.name},
          {"username", tenant.username},
          {"profile", render_profile(tenant.profile)},
          {"now", render_rfc3339_millis(tenant.env.clock.now())},
          {"virtual", tenant.env.clock.is_virtual()},
          {"records", std::move(records)},
          {"exchanges", tenant.journal.total()}};
}

Response list_tenants(const AdminCall& call) {
  Json tenants = Json::array();
  for (const auto& tenant : call.engine.directory.all()) {
    const std::lock_guard lock(tenant->mutex);
    tenants.push_back(render_tenant(*tenant));
  }
  return json_response(200, {{"tenants", std::move(tenants)}});
}

Response put_tenant(const AdminCall& call) {
  const std::string name = call.path_parameter("tenant");
  return with_body(call, [&](const Json& given) {
    const auto staged = call.engine.stage(name, given);
    return staged ? json_response(200, {{"name", name}}) : admin_failure(staged.error());
  });
}

Response expire_tokens(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) {
    const std::lock_guard lock(tenant.mutex);
    const Time now = tenant.env.clock.now();
    for (auto& [value, token] : tenant.tokens) token.expires = std::min(token.expires, now);
    return json_response(200, {{"expired", tenant.tokens.size()}});
  });
}

Response get_tenant(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) {
    const std::lock_guard lock(tenant.mutex);
    return json_response(200, render_tenant(tenant));
  });
}

Response delete_tenant(const AdminCall& call) {
  const std::string name = call.path_parameter("tenant");
  if (name == kDefaultTenant) return admin_failure(400, "lobby-stays", "The lobby cannot be removed.");
  return with_tenant(call, [&](Tenant&) {
    call.engine.directory.remove(name);
    return Response{.status = 204, .reason = {}, .headers = {}, .body = {}};
  });
}

Response reset_tenant(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    call.engine.reset(tenant);
    const std::lock_guard lock(tenant.mutex);
    return json_response(200, render_tenant(tenant));
  });
}

constexpr AdminRoute kTenantsRoutes[] = {
    {"GET", "/tenants", list_tenants},
    {"PUT", "/tenants/{tenant}", put_tenant},
    {"GET", "/tenants/{tenant}", get_tenant},
    {"DELETE", "/tenants/{tenant}", delete_tenant},
    {"POST", "/tenants/{tenant}/tokens/expire", expire_tokens},
    {"POST", "/tenants/{tenant}/reset", reset_tenant},
};

}  // namespace

std::span<const AdminRoute> tenant_routes() { return kTenantsRoutes; }

}  // namespace understudy
