#include "mock/storage/sqlite/writer.h"

#include <algorithm>

#include "mock/storage/sqlite/schema.h"

namespace understudy::sqlite {
namespace {

constexpr std::size_t kCallsKept = Redeliveries::kMostCalls;  // at least, of one tenant and API; there are at most twice as many

std::int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }

std::string in_api(std::string_view api, std::string_view name) { return std::string(api) + "." + std::string(name); }

}  // namespace

// Writes one change. False: SQLite refuses.
struct ChangeWriter {
  Writer& writer;
  const std::string& tenant;
  const Change& change;

  bool set(std::string_view part, std::string name) const {
    writer.set_part(tenant, part, std::move(name), change);
    return true;
  }

  bool operator()(const change::RecordStored& stored) const {
    return writer.put_record_.run(tenant, stored.api, stored.collection, stored.id, stored.record.text());
  }
  bool operator()(const change::RecordRemoved& removed) const {
    return writer.remove_record_.run(tenant, removed.api, removed.collection, removed.id);
  }
  bool operator()(const change::CollectionCleared& cleared) const {
    return writer.clear_collection_.run(tenant, cleared.api, cleared.collection);
  }
  bool operator()(const change::CollectionSeeded& seeded) const { return set("seeded", in_api(seeded.api, seeded.collection)); }
  bool operator()(const change::Settled&) const { return true; }  // found out again
  bool operator()(const change::SequenceMoved& moved) const {
    writer.latest_[tenant].counters.insert_or_assign(std::string(moved.sequence), moved.next);
    return true;
  }
  bool operator()(const change::RandomMoved&) const { return set("random", {}); }
  bool operator()(const change::ClockMoved&) const { return set("clock", {}); }
  bool operator()(const change::TokenIssued& issued) const {
    return writer.put_token_.run(tenant, issued.token, issued.username, milliseconds(issued.issued), milliseconds(issued.expires));
  }
  bool operator()(const change::TokenExpired& expired) const {
    return writer.expire_token_.run(milliseconds(expired.expires), tenant, expired.token);
  }
  bool operator()(const change::TokenForgotten& forgotten) const { return writer.remove_token_.run(tenant, forgotten.token); }
  bool operator()(const change::LimitSet& limit) const {
    return set("limit", std::string(limit.api)) && writer.drop_part(tenant, "count", std::string(limit.api));
  }
  bool operator()(const change::LimitCounted& counted) const { return set("count", std::string(counted.api)); }
  bool operator()(const change::CallDelivered& call) const {
    if (!writer.put_call_.run(tenant, call.api, call.call, ++writer.last_place_, call.items)) return false;
    std::size_t& count = writer.calls_[{tenant, std::string(call.api)}];
    if (++count < 2 * kCallsKept) return true;
    count = kCallsKept;
    return writer.forget_calls_.run(tenant, call.api, static_cast<std::int64_t>(kCallsKept)) && writer.forget_items_.run(tenant, call.api);
  }
  bool operator()(const change::ItemDone& done) const { return writer.put_item_.run(tenant, done.api, done.call, done.item, done.entry); }
  bool operator()(const change::FaultArmed& armed) const {
    return set("fault", std::to_string(armed.id)) && (writer.restores_ || set("fault-number", {}));
  }
  bool operator()(const change::FaultCounted& counted) const { return set("fault-count", std::to_string(counted.id)); }
  bool operator()(const change::FaultDisarmed& disarmed) const {
    const std::string id = std::to_string(disarmed.id);
    return writer.drop_part(tenant, "fault", id) && writer.drop_part(tenant, "fault-count", id);
  }
  bool operator()(const change::Staged&) const { return writer.clear(tenant, false); }
  bool operator()(const change::ProfileSet&) const { return set("profile", {}); }
  bool operator()(const change::SettingSet& setting) const { return set("setting", in_api(setting.api, setting.setting)); }
  bool operator()(const change::Restored& restored) const { return writer.replace_state(tenant, *restored.state); }
  // Only inverses have these, and no inverse is stored.
  bool operator()(const change::SequenceForgotten&) const { return false; }
  bool operator()(const change::CallForgotten&) const { return false; }
  bool operator()(const change::CallPlaced&) const { return false; }
  bool operator()(const change::ItemUndone&) const { return false; }
  bool operator()(const change::FaultsSet&) const { return false; }
  bool operator()(const change::StateSet&) const { return false; }
  bool operator()(const change::SnapshotStored& stored) const { return set("snapshot", std::string(stored.name)); }
  bool operator()(const change::SnapshotRemoved& removed) const { return writer.drop_part(tenant, "snapshot", std::string(removed.name)); }
};

Writer::Writer(const Database& database) {
  const auto prepare = [&](std::string_view sql) { return database.prepare(sql); };
  put_tenant_ = prepare(
      "INSERT OR REPLACE INTO tenants (name, api, username, password, key, staged, staged_digest, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  set_number_ = prepare("UPDATE tenants SET number = ? WHERE name = ?");
  remove_tenant_ = prepare("DELETE FROM tenants WHERE name = ?");
  put_record_ = prepare(
      "INSERT INTO records (tenant, api, collection, id, record) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (tenant, api, collection, id) DO UPDATE SET record = excluded.record");
  remove_record_ = prepare("DELETE FROM records WHERE tenant = ? AND api = ? AND collection = ? AND id = ?");
  clear_collection_ = prepare("DELETE FROM records WHERE tenant = ? AND api = ? AND collection = ?");
  put_token_ = prepare("INSERT OR REPLACE INTO tokens (tenant, token, username, issued, expires) VALUES (?, ?, ?, ?, ?)");
  expire_token_ = prepare("UPDATE tokens SET expires = ? WHERE tenant = ? AND token = ?");
  remove_token_ = prepare("DELETE FROM tokens WHERE tenant = ? AND token = ?");
  put_counter_ = prepare("INSERT OR REPLACE INTO counters (tenant, name, next) VALUES (?, ?, ?)");
  put_part_ = prepare("INSERT OR REPLACE INTO parts (tenant, part, name, value) VALUES (?, ?, ?, ?)");
  remove_part_ = prepare("DELETE FROM parts WHERE tenant = ? AND part = ? AND name = ?");
  put_call_ = prepare(
      "INSERT INTO calls (tenant, api, call, place, items) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (tenant, api, call) DO UPDATE SET place = excluded.place, items = max(items, excluded.items)");
  put_item_ = prepare("INSERT OR REPLACE INTO call_items (tenant, api, call, item, entry) VALUES (?, ?, ?, ?, ?)");
  forget_calls_ = prepare(
      "DELETE FROM calls WHERE tenant = ?1 AND api = ?2 AND place <= "
      "(SELECT place FROM calls WHERE tenant = ?1 AND api = ?2 ORDER BY place DESC LIMIT 1 OFFSET ?3)");
  forget_items_ = prepare(
      "DELETE FROM call_items WHERE tenant = ?1 AND api = ?2 AND call NOT IN (SELECT call FROM calls WHERE tenant = ?1 AND api = ?2)");
  for (const char* table : kTablesOfTenants) {
    if (std::string_view(table) != "parts") clear_tables_.push_back(prepare("DELETE FROM " + std::string(table) + " WHERE tenant = ?"));
  }
  clear_parts_ = prepare("DELETE FROM parts WHERE tenant = ? AND (part NOT IN ('snapshot', 'fault-number') OR ?)");
  Statement calls = prepare("SELECT tenant, api, count(*), max(place) FROM calls GROUP BY tenant, api");
  calls.start();
  while (calls.next()) {
    calls_[{std::string(calls.text(0)), std::string(calls.text(1))}] = static_cast<std::size_t>(calls.number(2));
    last_place_ = std::max(last_place_, calls.number(3));
  }
}

bool Writer::write(std::span<const StorageEntry> entries, const LimitCounts& counts) {
  latest_.clear();
  described_.clear();
  if (!std::ranges::all_of(entries, [this](const StorageEntry& entry) { return write_entry(entry); })) return false;
  for (const auto& [tenant, of_tenant] : counts) {
    for (const auto& [api, count] : of_tenant) {
      auto commit = std::make_shared<Commit>();
      commit->add(change::LimitCounted{.api = api, .count = count});
      set_part(tenant, "count", api, commit->changes().front());
      described_.push_back(std::move(commit));
    }
  }
  return flush();
}

bool Writer::write_entry(const StorageEntry& entry) {
  if (entry.commit == nullptr) return remove(entry.tenant);
  if (entry.identity != nullptr) {
    const TenantIdentity& one = *entry.identity;
    const std::optional<std::string> staged = one.staged == nullptr ? std::nullopt : std::optional(render_json(*one.staged));
    if (!clear(one.name, false) ||
        !put_tenant_.run(one.name, one.api, one.username, one.password, one.key, staged, one.staged_digest, entry.commit->number))
      return false;
  }
  latest_[entry.tenant].number = entry.commit->number;
  return std::ranges::all_of(entry.commit->changes(), [&](const Change& change) { return write_change(entry.tenant, change); });
}

bool Writer::write_change(const std::string& tenant, const Change& change) {
  return std::visit(ChangeWriter{.writer = *this, .tenant = tenant, .change = change}, change);
}

bool Writer::flush() {
  return std::ranges::all_of(latest_, [this](const auto& one) { return flush_tenant(one.first, one.second); });
}

bool Writer::flush_tenant(const std::string& tenant, const Latest& latest) {
  for (const auto& [name, next] : latest.counters) {
    if (!put_counter_.run(tenant, name, next)) return false;
  }
  for (const auto& [part, change] : latest.parts) {
    if (!put_part_.run(tenant, part.first, part.second, render_json(render_change(*change)))) return false;
  }
  return latest.number == 0 || set_number_.run(latest.number, tenant);
}

bool Writer::remove(const std::string& tenant) { return clear(tenant, false) && remove_tenant_.run(tenant); }

bool Writer::clear(const std::string& tenant, bool keeps_snapshots) {
  if (auto latest = latest_.find(tenant); latest != latest_.end()) {
    latest->second.counters.clear();
    std::erase_if(latest->second.parts, [&](const auto& part) {
      return !keeps_snapshots || (part.first.first != "snapshot" && part.first.first != "fault-number");
    });
  }
  return std::ranges::all_of(clear_tables_, [&](Statement& statement) { return statement.run(tenant); }) &&
         clear_parts_.run(tenant, std::int64_t{keeps_snapshots ? 0 : 1});
}

// Snapshots stay, and no number of a fault is used again.
bool Writer::replace_state(const std::string& tenant, const TenantState& state) {
  if (!clear(tenant, true)) return false;
  const auto& commit = described_.emplace_back(describe_state(state));
  restores_ = true;
  const bool is_written = std::ranges::all_of(commit->changes(), [&](const Change& change) { return write_change(tenant, change); });
  restores_ = false;
  return is_written;
}

void Writer::set_part(const std::string& tenant, std::string_view part, std::string name, const Change& change) {
  latest_[tenant].parts.insert_or_assign(Part(part, std::move(name)), &change);
}

bool Writer::drop_part(const std::string& tenant, std::string_view part, const std::string& name) {
  if (auto latest = latest_.find(tenant); latest != latest_.end()) latest->second.parts.erase(Part(part, name));
  return remove_part_.run(tenant, part, name);
}

}  // namespace understudy::sqlite
