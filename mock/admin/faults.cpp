// Faults and limits of the admin API: armed, counted and taken away while the mock runs.
#include <algorithm>

#include "mock/admin/call.h"
#include "mock/engine/arrange.h"
#include "scenarios/src/model/limit_words.h"

namespace understudy {
namespace {

Json render_fault(const ArmedFault& fault, const Tenant& tenant) {
  Json out = fault.written;
  if (!fault.spec.on.empty()) out["on"] = fault.spec.on;
  if (fault.spec.phase != FaultSpec::Phase::between_items) out["phase"] = to_string(fault.spec.phase);
  out["kind"] = to_string(fault.spec.kind);
  return {{"id", fault.id}, {"tenant", tenant.name}, {"fault", std::move(out)}, {"seen", fault.seen}, {"struck", fault.applied}};
}

Json faults_of(Tenant& tenant) {
  const std::lock_guard lock(tenant.mutex);
  Json faults = Json::array();
  for (const ArmedFault& fault : tenant.faults) faults.push_back(render_fault(fault, tenant));
  return faults;
}

// One fault, a list of them, or {"faults": [...]}.
Json listed(const Json& body) {
  if (body.is_array()) return body;
  if (body.is_object() && body.contains("faults") && !body.contains("kind")) return body["faults"];
  return Json::array({body});
}

// Every tenant, or the one that ?tenant= names; null and its answer if there is none of that name.
std::optional<std::vector<std::shared_ptr<Tenant>>> find_tenants(const AdminCall& call) {
  const auto only = call.parameter("tenant");
  if (!only) return call.engine.directory.all();
  auto tenant = call.engine.directory.find(*only);
  if (!tenant) return std::nullopt;
  return std::vector{std::move(tenant)};
}

Response no_such_tenant(const AdminCall& call) {
  return admin_failure(404, "unknown-tenant", "There is no tenant '" + call.parameter("tenant").value_or("") + "'.");
}

Response list_faults(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  if (!tenants) return no_such_tenant(call);
  Json faults = Json::array();
  for (const auto& tenant : *tenants) {
    for (Json& fault : faults_of(*tenant)) faults.push_back(std::move(fault));
  }
  return json_response(200, {{"faults", std::move(faults)}});
}

// Read first, with each tenant's own API for bare names, so that a mistake arms nothing anywhere.
Response post_to(const AdminCall& call, const std::vector<std::shared_ptr<Tenant>>& tenants) {
  return with_body(call, [&](const Json& body) {
    const Json faults = listed(body);
    std::vector<std::vector<ArmedFault>> read;
    for (const auto& tenant : tenants) {
      auto one = read_faults(faults, call.engine.contracts, tenant->api);
      if (!one) return admin_failure(one.error());
      read.push_back(std::move(*one));
    }
    Json armed = Json::array();
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      const std::lock_guard lock(tenants[i]->mutex);
      for (const std::uint64_t id : arm_faults(*tenants[i], read[i])) armed.push_back({{"tenant", tenants[i]->name}, {"id", id}});
    }
    return json_response(201, {{"armed", std::move(armed)}});
  });
}

Response post_faults(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  return tenants ? post_to(call, *tenants) : no_such_tenant(call);
}

std::size_t disarm(Tenant& tenant) {
  const std::lock_guard lock(tenant.mutex);
  const std::size_t count = tenant.faults.size();
  tenant.faults.clear();
  return count;
}

Response delete_faults(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  if (!tenants) return no_such_tenant(call);
  std::size_t count = 0;
  for (const auto& tenant : *tenants) count += disarm(*tenant);
  return json_response(200, {{"disarmed", count}});
}

Response list_faults_of_tenant(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) { return json_response(200, {{"faults", faults_of(tenant)}}); });
}

Response post_faults_of_tenant(const AdminCall& call) {
  auto tenant = call.engine.directory.find(call.path_parameter("tenant"));
  if (!tenant) return with_tenant(call, [](Tenant&) { return Response{}; });
  return post_to(call, {std::move(tenant)});
}

Response delete_faults_of_tenant(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) { return json_response(200, {{"disarmed", disarm(tenant)}}); });
}

Response delete_one_fault(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    const std::string id = call.path_parameter("id");
    const std::lock_guard lock(tenant.mutex);
    const auto found =
        std::find_if(tenant.faults.begin(), tenant.faults.end(), [&](const ArmedFault& one) { return std::to_string(one.id) == id; });
    if (found == tenant.faults.end()) return admin_failure(404, "unknown-fault", "Tenant '" + tenant.name + "' has no fault " + id + ".");
    tenant.faults.erase(found);
    return json_response(200, {{"disarmed", 1}});
  });
}

Json limits_of(const Tenant& tenant) {
  const Time now = tenant.env.clock.now();
  Json limits = Json::object();
  for (const auto& [api, state] : tenant.states_by_api) {
    if (!state->limiter.limit()) {
      limits[api] = "none";
      continue;
    }
    limits[api] = render_limit(*state->limiter.limit());
    limits[api]["remaining"] = state->limiter.remaining(now);
    limits[api]["reset"] = render_rfc3339_millis(state->limiter.reset(now));
  }
  return {{"limits", std::move(limits)}};
}

Response get_limits(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) {
    const std::lock_guard lock(tenant.mutex);
    return json_response(200, limits_of(tenant));
  });
}

Response put_limits(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    return with_body(call, [&](const Json& body) {
      const std::lock_guard lock(tenant.mutex);
      const Json& limits = body.is_object() && body.contains("limits") ? body["limits"] : body;
      if (const auto problem = set_limits(tenant, limits, call.engine.contracts, tenant.api)) return admin_failure(*problem);
      return json_response(200, limits_of(tenant));
    });
  });
}

constexpr AdminRoute kFaultsRoutes[] = {
    {"GET", "/faults", list_faults},
    {"POST", "/faults", post_faults},
    {"DELETE", "/faults", delete_faults},
    {"GET", "/tenants/{tenant}/faults", list_faults_of_tenant},
    {"POST", "/tenants/{tenant}/faults", post_faults_of_tenant},
    {"DELETE", "/tenants/{tenant}/faults", delete_faults_of_tenant},
    {"DELETE", "/tenants/{tenant}/faults/{id}", delete_one_fault},
    {"GET", "/tenants/{tenant}/limits", get_limits},
    {"PUT", "/tenants/{tenant}/limits", put_limits},
};

}  // namespace

std::span<const AdminRoute> fault_routes() { return kFaultsRoutes; }

}  // namespace understudy
