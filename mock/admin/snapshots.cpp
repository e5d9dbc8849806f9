// Snapshots of a tenant: taken, restored, listed, and carried from one mock to another as JSON.
#include "mock/admin/call.h"
#include "mock/engine/snapshot.h"

namespace understudy {
namespace {

constexpr std::size_t kMostSnapshots = 100;  // of a tenant

Json summary(const std::string& name, const Snapshot& snapshot) {
  return {{"name", name}, {"taken", render_rfc3339_millis(snapshot.taken)}, {"records", count_records(snapshot.states_by_api)}};
}

// Keeps it under its name, in place of an older one.
Response keep(Tenant& tenant, const std::string& name, Snapshot snapshot) {
  const auto older = tenant.snapshots.find(name);
  const bool replaces = older != tenant.snapshots.end();
  if (!replaces && tenant.snapshots.size() >= kMostSnapshots) {
    return admin_failure(409, "too-many-snapshots",
                         "A tenant keeps " + std::to_string(kMostSnapshots) + " snapshots; remove one that is no longer needed.");
  }
  const auto kept = std::make_shared<const Snapshot>(std::move(snapshot));
  tenant.snapshots[name] = kept;
  return json_response(replaces ? 200 : 201, summary(name, *kept));
}

Response with_snapshot(const AdminCall& call, const std::function<Response(Tenant&, const Snapshot&)>& act) {
  return with_tenant(call, [&](Tenant& tenant) {
    const std::string name = call.path_parameter("snapshot");
    const std::lock_guard lock(tenant.mutex);
    const auto found = tenant.snapshots.find(name);
    if (found == tenant.snapshots.end()) {
      std::vector<std::string> known;
      for (const auto& [one, snapshot] : tenant.snapshots) known.push_back(one);
      return admin_failure(404, "no-such-snapshot",
                           "Tenant '" + tenant.name + "' has no snapshot '" + name + "'" + did_you_mean(name, known) + ".");
    }
    const std::shared_ptr<const Snapshot> snapshot = found->second;
    return act(tenant, *snapshot);
  });
}

Response list_snapshots(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) {
    Json list = Json::array();
    const std::lock_guard lock(tenant.mutex);
    for (const auto& [name, snapshot] : tenant.snapshots) list.push_back(summary(name, *snapshot));
    return json_response(200, {{"snapshots", std::move(list)}});
  });
}

Response post_snapshot(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    const std::lock_guard lock(tenant.mutex);
    return keep(tenant, call.path_parameter("snapshot"), take_snapshot(tenant));
  });
}

Response get_snapshot(const AdminCall& call) {
  return with_snapshot(call, [](Tenant&, const Snapshot& snapshot) { return json_response(200, render_snapshot(snapshot)); });
}

// A token names its tenant, so another tenant's can never be presented to this one.
void leave_foreign_tokens(Snapshot& snapshot, const std::string& tenant) {
  std::erase_if(snapshot.tokens, [&](const auto& token) { return tenant_of_token(token.first) != tenant; });
}

Response put_snapshot(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    return with_body(call, [&](const Json& body) {
      auto snapshot = parse_snapshot(body, call.engine.contracts);
      if (!snapshot) return admin_failure(snapshot.error());
      leave_foreign_tokens(*snapshot, tenant.name);
      const std::lock_guard lock(tenant.mutex);
      return keep(tenant, call.path_parameter("snapshot"), std::move(*snapshot));
    });
  });
}

Response restore(const AdminCall& call) {
  return with_snapshot(call, [&](Tenant& tenant, const Snapshot& snapshot) {
    restore_snapshot(tenant, snapshot);
    Json told = summary(call.path_parameter("snapshot"), snapshot);
    told["now"] = render_rfc3339_millis(tenant.env.clock.now());
    return json_response(200, told);
  });
}

Response delete_snapshot(const AdminCall& call) {
  return with_snapshot(call, [&](Tenant& tenant, const Snapshot&) {
    tenant.snapshots.erase(call.path_parameter("snapshot"));
    return Response{.status = 204, .reason = {}, .headers = {}, .body = {}};
  });
}

constexpr AdminRoute kSnapshotsRoutes[] = {
    {"GET", "/tenants/{tenant}/snapshots", list_snapshots},
    {"POST", "/tenants/{tenant}/snapshots/{snapshot}", post_snapshot},
    {"GET", "/tenants/{tenant}/snapshots/{snapshot}", get_snapshot},
    {"PUT", "/tenants/{tenant}/snapshots/{snapshot}", put_snapshot},
    {"DELETE", "/tenants/{tenant}/snapshots/{snapshot}", delete_snapshot},
    {"POST", "/tenants/{tenant}/snapshots/{snapshot}/restore", restore},
};

}  // namespace

std::span<const AdminRoute> snapshot_routes() { return kSnapshotsRoutes; }

}  // namespace understudy
