// Faults and rate limits: armed, listed with their counters, and removed while the mock runs.
#include <algorithm>

#include "mock/admin/admin.h"
#include "scenarios/src/model/limit_words.h"

namespace understudy {
namespace {

Json render_fault(const ArmedFault& fault, const Tenant& tenant) {
  Json out = fault.definition->written;
  if (fault.spec().phase != FaultSpec::Phase::between_items) out["phase"] = to_string(fault.spec().phase);
  out["kind"] = to_string(fault.spec().kind);
  return {{"id", fault.id}, {"tenant", tenant.name}, {"fault", std::move(out)}, {"seen", fault.seen}, {"struck", fault.applied}};
}

Response list_faults(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  if (!tenants) return tenants.error();
  Json faults = Json::array();
  for (const auto& tenant : *tenants) {
    const TenantLock lock(*tenant);
    for (const ArmedFault& fault : tenant->state().faults) faults.push_back(render_fault(fault, *tenant));
  }
  return json_response(200, {{"faults", std::move(faults)}});
}

// The body is one fault, a list of them, or {"faults": [...]}. Reads the faults for each tenant, whose API completes bare operation
// names, before it arms any: after an error nothing is armed.
Response arm_faults(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  if (!tenants) return tenants.error();
  const auto body = read_body(call);
  if (!body) return body.error();
  const bool has_list = body->is_object() && body->contains("faults") && !body->contains("kind");
  const Json list = body->is_array() ? *body : has_list ? body->at("faults") : Json::array({*body});
  std::map<std::string, FaultDefinitions> faults;  // by tenant
  for (const auto& tenant : *tenants) {
    auto read = read_faults(list, call.engine.contracts, tenant->api);
    if (!read) return error_response(read.error());
    const ReceiptCollector ignored(ReceiptCollector::What::nothing);
    const TenantLock lock(*tenant);
    if (const auto problem = check_fault_count(*tenant, read->size())) return error_response(*problem);
    faults[tenant->name] = *std::move(read);
  }
  const auto ids = change_each(call, *tenants, [&](Tenant& tenant) {
    const TenantLock lock(tenant, call.made_by);
    Json of_tenant = Json::array();
    for (const std::uint64_t id : understudy::arm_faults(tenant, faults.at(tenant.name)))
      of_tenant.push_back({{"tenant", tenant.name}, {"id", id}});
    return of_tenant;
  });
  if (!ids) return ids.error();
  Json armed = Json::array();
  for (const Json& of_tenant : *ids) armed.insert(armed.end(), of_tenant.begin(), of_tenant.end());
  return json_response(201, {{"armed", std::move(armed)}});
}

Response disarm_faults(const AdminCall& call) {
  const auto tenants = find_tenants(call);
  if (!tenants) return tenants.error();
  const auto counts = change_each(call, *tenants, [&](Tenant& tenant) {
    const TenantLock lock(tenant, call.made_by);
    std::size_t count = 0;
    for (; !tenant.state().faults.empty(); ++count) tenant.write(change::FaultDisarmed{.id = tenant.state().faults.back().id});
    return Json(count);
  });
  if (!counts) return counts.error();
  std::size_t disarmed = 0;
  for (const Json& count : *counts) disarmed += count.get<std::size_t>();
  return json_response(200, {{"disarmed", disarmed}});
}

Response disarm_fault(const AdminCall& call, Tenant& tenant) {
  const std::string id = call.path_parameter("id");
  const TenantLock lock(tenant, call.made_by);
  const auto& faults = tenant.state().faults;
  const auto found = std::ranges::find_if(faults, [&](const ArmedFault& fault) { return std::to_string(fault.id) == id; });
  if (found == faults.end()) return error_response(404, "unknown-fault", "Tenant '" + tenant.name + "' has no fault " + id + ".");
  tenant.write(change::FaultDisarmed{.id = found->id});
  return json_response(200, {{"disarmed", 1}});
}

Response render_limits(const Tenant& tenant) {
  const Time now = tenant.state().env.clock.now();
  Json limits = Json::object();
  for (const auto& [api, state] : tenant.state().states_by_api) {
    Json& limit = limits[api] = "none";
    if (!state.limiter.limit()) continue;
    limit = render_limit(*state.limiter.limit());
    limit["remaining"] = state.limiter.remaining(now);
    limit["reset"] = render_rfc3339_millis(state.limiter.reset(now));
  }
  return json_response(200, {{"limits", std::move(limits)}});
}

Response get_limits(const AdminCall&, Tenant& tenant) {
  const TenantLock lock(tenant);
  return render_limits(tenant);
}

Response put_limits(const AdminCall& call, Tenant& tenant) {
  const auto body = read_body(call);
  if (!body) return body.error();
  const Json& limits = body->is_object() && body->contains("limits") ? body->at("limits") : *body;
  const TenantLock lock(tenant, call.made_by);
  if (const auto problem = set_limits(tenant, limits, call.engine.contracts, tenant.api)) return error_response(*problem);
  return render_limits(tenant);
}

constexpr AdminOperation kFaultOperations[] = {
    row("GET", "/faults", list_faults, "listFaults", "Armed faults of all tenants, or of one, with their counters",
        {.query = "tenant", .result = "Faults"}),
    row("POST", "/faults", arm_faults, "armFaults", "Arm a fault or a list of faults",
        {.query = "tenant", .body = "FaultOrList", .result = "Object", .status = 201}),
    row("DELETE", "/faults", disarm_faults, "disarmFaults", "Remove the faults of all tenants, or of one",
        {.query = "tenant", .result = "Object"}),
    row("GET", "/tenants/{tenant}/faults", list_faults, "listFaultsOfTenant", "Armed faults of a tenant, with their counters",
        {.result = "Faults"}),
    row("POST", "/tenants/{tenant}/faults", arm_faults, "armFaultsOfTenant", "Arm a fault or a list of faults",
        {.body = "FaultOrList", .result = "Object", .status = 201}),
    row("DELETE", "/tenants/{tenant}/faults", disarm_faults, "disarmFaultsOfTenant", "Remove all faults of a tenant", {.result = "Object"}),
    row("DELETE", "/tenants/{tenant}/faults/{id}", disarm_fault, "disarmFault", "Remove one fault", {.result = "Object"}),
    row("GET", "/tenants/{tenant}/limits", get_limits, "getLimits", "Rate limits of a tenant, with their counters", {.result = "Object"}),
    row("PUT", "/tenants/{tenant}/limits", put_limits, "putLimits", "Set rate limits", {.body = "Object", .result = "Object"}),
};

}  // namespace

AdminTable fault_operations() { return {"faults", kFaultOperations}; }

}  // namespace understudy
