#include "mock/state/state.h"

#include <algorithm>
#include <tuple>

namespace understudy {
namespace {

bool is_same(const Json& one, const Json& other) { return render_json(one) == render_json(other); }

bool is_same(const Switches& ours, const Switches& theirs) {
  return std::ranges::equal(
      ours, theirs, [](const auto& one, const auto& other) { return one.first == other.first && is_same(one.second, other.second); });
}

}  // namespace

bool ArmedFault::operator==(const ArmedFault& other) const {
  return std::tie(id, seen, applied) == std::tie(other.id, other.seen, other.applied) &&
         is_same(definition->written, other.definition->written);
}

bool ApiState::operator==(const ApiState& other) const {
  return store == other.store && is_same(switches, other.switches) && settings == other.settings && limiter == other.limiter &&
         delivered == other.delivered && settled_until == other.settled_until;
}

TenantState::TenantState(const Contracts& contracts) {
  for (const auto& contract : contracts.apis) states_by_api.emplace(contract->api, *contract);
}

bool TenantState::operator==(const TenantState& other) const {
  const auto is_same_snapshot = [](const auto& one, const auto& another) {
    return one.first == another.first && one.second->taken == another.second->taken &&
           static_cast<const TenantState&>(*one.second) == static_cast<const TenantState&>(*another.second);
  };
  return env == other.env && profile.base == other.profile.base && is_same(profile.overrides, other.profile.overrides) &&
         states_by_api == other.states_by_api && tokens == other.tokens && faults == other.faults && next_fault_id == other.next_fault_id &&
         std::ranges::equal(snapshots, other.snapshots, is_same_snapshot);
}

std::size_t record_count(const TenantState& state) {
  std::size_t count = 0;
  for (const auto& [api, of_api] : state.states_by_api) count += of_api.store.size();
  return count;
}

Json count_records(const TenantState& state) {
  Json counts = Json::object();
  for (const auto& [api, of_api] : state.states_by_api) {
    for (const std::string& collection : of_api.store.collections()) counts[api + "." + collection] = of_api.store.count(collection);
  }
  return counts;
}

Snapshot take_snapshot(const TenantState& state) {
  Snapshot snapshot{{state}, state.env.clock.now()};
  snapshot.snapshots.clear();
  return snapshot;
}

const ArmedFault* find_fault(const TenantState& state, std::uint64_t id) {
  const auto near = std::ranges::lower_bound(state.faults, id, {}, &ArmedFault::id);  // the usual case: in the order of their numbers
  if (near != state.faults.end() && near->id == id) return &*near;
  const auto found = std::ranges::find(state.faults, id, &ArmedFault::id);
  return found == state.faults.end() ? nullptr : &*found;
}

}  // namespace understudy
