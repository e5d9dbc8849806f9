// Snapshots of a tenant: taken, restored, listed, exported and imported as JSON.
#include "mock/admin/admin.h"

namespace understudy {
namespace {

Json render_summary(const std::string& name, const Snapshot& snapshot) {
  return {{"name", name}, {"taken", render_rfc3339_millis(snapshot.taken)}, {"records", count_records(snapshot)}};
}

// Stores the snapshot under the name in the path; replaces an older one of that name.
Response store_snapshot(const AdminCall& call, Tenant& tenant, Snapshot snapshot) {
  const std::string name = call.path_parameter("snapshot");
  const auto& snapshots = tenant.state().snapshots;
  const bool replaces = snapshots.contains(name);
  if (!replaces && snapshots.size() >= tenant.bounds.snapshots)
    return error_response(limit_reached("snapshots of tenant '" + tenant.name + "'", tenant.bounds.snapshots));
  if (record_count(snapshot) > tenant.bounds.records || snapshot.tokens.size() > tenant.bounds.tokens ||
      snapshot.faults.size() > tenant.bounds.faults) {
    return error_response(409, "limit-reached", "The snapshot has more records, tokens or faults than a tenant may have.");
  }
  const auto stored = std::make_shared<const Snapshot>(std::move(snapshot));
  tenant.write(change::SnapshotStored{.name = name, .snapshot = stored});
  return json_response(replaces ? 200 : 201, render_summary(name, *stored));
}

// The caller holds the tenant's lock.
tl::expected<std::shared_ptr<const Snapshot>, Response> find_snapshot(const AdminCall& call, const Tenant& tenant) {
  const std::string name = call.path_parameter("snapshot");
  const auto& snapshots = tenant.state().snapshots;
  if (const auto found = snapshots.find(name); found != snapshots.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [known_name, snapshot] : tenant.state().snapshots) known.push_back(known_name);
  return tl::unexpected(error_response(404, "no-such-snapshot",
                                       "Tenant '" + tenant.name + "' has no snapshot '" + name + "'" + did_you_mean(name, known) + "."));
}

Response list_snapshots(const AdminCall&, Tenant& tenant) {
  Json list = Json::array();
  const TenantLock lock(tenant);
  for (const auto& [name, snapshot] : tenant.state().snapshots) list.push_back(render_summary(name, *snapshot));
  return json_response(200, {{"snapshots", std::move(list)}});
}

Response post_snapshot(const AdminCall& call, Tenant& tenant) {
  const TenantLock lock(tenant, call.made_by);
  return store_snapshot(call, tenant, take_snapshot(tenant.state()));
}

Response get_snapshot(const AdminCall& call, Tenant& tenant) {
  const auto snapshot = [&] {
    const TenantLock lock(tenant);
    return find_snapshot(call, tenant);
  }();
  return snapshot ? json_response(200, render_snapshot(**snapshot)) : snapshot.error();  // unlocked: it can take long
}

Response put_snapshot(const AdminCall& call, Tenant& tenant) {
  const auto body = read_body(call);
  if (!body) return body.error();
  auto snapshot = parse_snapshot(*body, call.engine.contracts);
  if (!snapshot) return error_response(snapshot.error());
  // A token names its tenant, so this tenant could never receive one of another tenant.
  std::erase_if(snapshot->tokens, [&](const auto& token) { return tenant_of_token(token.first) != tenant.name; });
  const TenantLock lock(tenant, call.made_by);
  return store_snapshot(call, tenant, *std::move(snapshot));
}

Response restore(const AdminCall& call, Tenant& tenant) {
  const TenantLock lock(tenant, call.made_by);
  const auto snapshot = find_snapshot(call, tenant);
  if (!snapshot) return snapshot.error();
  tenant.write(change::Restored{.state = *snapshot});
  Json summary = render_summary(call.path_parameter("snapshot"), **snapshot);
  summary["now"] = render_rfc3339_millis(tenant.state().env.clock.now());
  return json_response(200, summary);
}

Response delete_snapshot(const AdminCall& call, Tenant& tenant) {
  const TenantLock lock(tenant, call.made_by);
  if (const auto snapshot = find_snapshot(call, tenant); !snapshot) return snapshot.error();
  tenant.write(change::SnapshotRemoved{.name = call.path_parameter("snapshot")});
  return no_content();
}

constexpr std::string_view kSnapshot = "/tenants/{tenant}/snapshots/{snapshot}";
constexpr AdminOperation kSnapshotOperations[] = {
    row("GET", "/tenants/{tenant}/snapshots", list_snapshots, "listSnapshots", "Snapshots of a tenant", {.result = "Snapshots"}),
    row("POST", kSnapshot, post_snapshot, "takeSnapshot", "Take a snapshot of the tenant (200 if it replaces one of that name)",
        {.result = "SnapshotSummary", .status = 201, .other_status = 200, .error = "409"}),
    row("GET", kSnapshot, get_snapshot, "exportSnapshot", "A snapshot as a document", {.result = "Snapshot"}),
    row("PUT", kSnapshot, put_snapshot, "importSnapshot", "Store a snapshot that was exported before (200 if it replaces one of that name)",
        {.body = "Snapshot", .result = "SnapshotSummary", .status = 201, .other_status = 200, .error = "409"}),
    row("DELETE", kSnapshot, delete_snapshot, "deleteSnapshot", "Remove a snapshot", {.status = 204}),
    row("POST", "/tenants/{tenant}/snapshots/{snapshot}/restore", restore, "restoreSnapshot", "Return the tenant to a snapshot, at once",
        {.result = "SnapshotSummary"}),
};

}  // namespace

AdminTable snapshot_operations() { return {"snapshots", kSnapshotOperations}; }

}  // namespace understudy
