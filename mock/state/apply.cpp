// The only writer of a tenant's state.
#include <algorithm>

#include "mock/state/change.h"

namespace understudy {
namespace {

ApiState* find_api(TenantState& state, std::string_view api) {
  const auto found = state.states_by_api.find(api);
  return found == state.states_by_api.end() ? nullptr : &found->second;
}

// The state in an API of which a collection changes. If its records change by themselves, it is to be found out anew when.
ApiState* unsettle(TenantState& state, std::string_view api, std::string_view collection) {
  ApiState* found = find_api(state, api);
  if (found != nullptr && found->changes_by_itself(collection)) found->settled_until = Time::min();
  return found;
}

std::uint64_t next_fault_id(const TenantState& state) {
  std::uint64_t next = state.next_fault_id;
  for (const ArmedFault& fault : state.faults) next = std::max(next, fault.id + 1);
  return next;
}

struct Applier {
  TenantState& state;

  void operator()(const change::RecordStored& stored) const {
    if (ApiState* api = unsettle(state, stored.api, stored.collection))
      api->store.put(stored.collection, stored.id, stored.record, stored.serial, stored.value);
  }
  void operator()(const change::RecordRemoved& removed) const {
    ApiState* api = unsettle(state, removed.api, removed.collection);
    if (api == nullptr) return;
    api->store.remove(removed.collection, removed.id);
    if (removed.next_serial > 0) api->store.set_last_serial(removed.next_serial - 1);
  }
  void operator()(const change::CollectionCleared& cleared) const {
    if (ApiState* api = unsettle(state, cleared.api, cleared.collection)) api->store.clear(cleared.collection);
  }
  void operator()(const change::CollectionSeeded& seeded) const {
    if (ApiState* api = unsettle(state, seeded.api, seeded.collection)) api->store.mark_seeded(seeded.collection, !seeded.is_undone);
  }
  void operator()(const change::Settled& settled) const {
    if (ApiState* api = find_api(state, settled.api)) api->settled_until = settled.until;
  }
  void operator()(const change::SequenceMoved& moved) const { state.env.ids.set(moved.sequence, moved.next); }
  void operator()(const change::SequenceForgotten& forgotten) const { state.env.ids.forget(forgotten.sequence); }
  void operator()(const change::RandomMoved& moved) const { state.env.random = moved.random; }
  void operator()(const change::ClockMoved& moved) const { state.env.clock = moved.clock; }
  void operator()(const change::TokenIssued& issued) const {
    state.tokens.insert_or_assign(
        std::string(issued.token),
        IssuedToken{.username = std::string(issued.username), .issued = issued.issued, .expires = issued.expires});
  }
  void operator()(const change::TokenExpired& expired) const {
    if (const auto token = state.tokens.find(expired.token); token != state.tokens.end()) token->second.expires = expired.expires;
  }
  void operator()(const change::TokenForgotten& forgotten) const {
    if (const auto token = state.tokens.find(forgotten.token); token != state.tokens.end()) state.tokens.erase(token);
  }
  void operator()(const change::LimitSet& set) const {
    if (ApiState* api = find_api(state, set.api))
      api->limiter = set.limit == nullptr ? Limiter() : Limiter(std::optional<RateLimit>(*set.limit));
  }
  void operator()(const change::LimitCounted& counted) const {
    if (ApiState* api = find_api(state, counted.api)) api->limiter.set_count(counted.count);
  }
  void operator()(const change::CallDelivered& call) const {
    if (ApiState* api = find_api(state, call.api)) api->delivered.deliver(call.call, static_cast<std::size_t>(call.items));
  }
  void operator()(const change::ItemDone& done) const {
    if (ApiState* api = find_api(state, done.api)) api->delivered.finish(done.call, static_cast<std::size_t>(done.item), done.entry);
  }
  void operator()(const change::CallForgotten& call) const {
    if (ApiState* api = find_api(state, call.api)) api->delivered.forget(call.call);
  }
  void operator()(const change::CallPlaced& call) const {
    if (ApiState* api = find_api(state, call.api)) api->delivered.place(call.call, *call.entries, call.behind);
  }
  void operator()(const change::ItemUndone& undone) const {
    if (ApiState* api = find_api(state, undone.api)) api->delivered.undo(undone.call, static_cast<std::size_t>(undone.item));
  }
  void operator()(const change::FaultArmed& armed) const {
    state.faults.push_back({.definition = armed.fault, .id = armed.id});
    state.next_fault_id = std::max(state.next_fault_id, armed.id + 1);
  }
  void operator()(const change::FaultCounted& counted) const {
    for (ArmedFault& fault : state.faults) {
      if (fault.id != counted.id) continue;
      fault.seen = counted.seen;
      fault.applied = counted.applied;
    }
  }
  void operator()(const change::FaultDisarmed& disarmed) const {
    std::erase_if(state.faults, [&](const ArmedFault& fault) { return fault.id == disarmed.id; });
    if (disarmed.next_id > 0) state.next_fault_id = disarmed.next_id;
  }
  void operator()(const change::FaultsSet& set) const {
    state.faults = *set.faults;
    state.next_fault_id = set.next_id;
  }
  void operator()(const change::Staged&) const {
    std::map<std::string, ApiState, std::less<>> fresh;
    for (const auto& [api, old] : state.states_by_api) fresh.emplace(api, old.store.contract());
    state = TenantState();
    state.states_by_api = std::move(fresh);
  }
  void operator()(const change::ProfileSet& set) const {
    state.profile = *set.profile;
    for (auto& [name, api] : state.states_by_api) api.switches = resolve_profile(state.profile, api.store.contract());
  }
  void operator()(const change::SettingSet& set) const {
    if (ApiState* api = find_api(state, set.api)) api->settings.insert_or_assign(std::string(set.setting), set.value);
  }
  void operator()(const change::Restored& restored) const {
    auto snapshots = std::move(state.snapshots);
    const std::uint64_t next = state.next_fault_id;
    state = *restored.state;
    state.snapshots = std::move(snapshots);
    state.next_fault_id = next;
    state.next_fault_id = next_fault_id(state);
  }
  void operator()(const change::StateSet& set) const { state = *set.state; }
  void operator()(const change::SnapshotStored& stored) const {
    state.snapshots.insert_or_assign(std::string(stored.name), stored.snapshot);
  }
  void operator()(const change::SnapshotRemoved& removed) const {
    if (const auto found = state.snapshots.find(removed.name); found != state.snapshots.end()) state.snapshots.erase(found);
  }
};

}  // namespace

void apply(TenantState& state, const Change& change) { std::visit(Applier{state}, change); }

}  // namespace understudy
