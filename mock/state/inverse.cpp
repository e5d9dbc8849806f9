// What takes a commit back: for each change the changes that make the state what it was. Most are as small as the change itself. Those
// of the whole tenant keep the earlier state, which shares its records with the later one.
#include "mock/state/commit.h"

namespace understudy {
namespace {

// Adds to the inverse of a commit, the last to be applied first.
class Inverter {
 public:
  Inverter(Commit& commit, const TenantState& before, bool& has_faults, bool& has_state)
      : commit_(commit), before_(before), has_faults_(has_faults), has_state_(has_state) {}

  void operator()(const change::RecordStored& stored) {
    const ApiState* api = unsettled(stored.api, stored.collection);
    if (api == nullptr) return;
    if (api->store.contains(stored.collection, stored.id)) return put_back(*api, stored.api, stored.collection, stored.id);
    add(change::RecordRemoved{
        .api = stored.api, .collection = stored.collection, .id = stored.id, .next_serial = api->store.last_serial() + 1});
  }
  void operator()(const change::RecordRemoved& removed) {
    const ApiState* api = unsettled(removed.api, removed.collection);
    if (api != nullptr) put_back(*api, removed.api, removed.collection, removed.id);
  }
  void operator()(const change::CollectionCleared& cleared) {
    const ApiState* api = unsettled(cleared.api, cleared.collection);
    if (api == nullptr) return;
    for (const StoredRecord& entry : api->store.entries(cleared.collection)) put_back(entry, cleared.api, cleared.collection);
  }
  void operator()(const change::CollectionSeeded& seeded) {
    const ApiState* api = unsettled(seeded.api, seeded.collection);
    if (api != nullptr && api->store.is_seeded(seeded.collection) == seeded.is_undone)
      add(change::CollectionSeeded{.api = seeded.api, .collection = seeded.collection, .is_undone = !seeded.is_undone});
  }
  void operator()(const change::Settled& settled) {
    if (const ApiState* api = find_api(settled.api)) add(change::Settled{.api = settled.api, .until = api->settled_until});
  }
  void operator()(const change::SequenceMoved& moved) { restore_sequence(moved.sequence); }
  void operator()(const change::SequenceForgotten& forgotten) { restore_sequence(forgotten.sequence); }
  void operator()(const change::RandomMoved&) { add(change::RandomMoved{.random = before_.env.random}); }
  void operator()(const change::ClockMoved&) { add(change::ClockMoved{.clock = before_.env.clock}); }
  void operator()(const change::TokenIssued& issued) { restore_token(issued.token); }
  void operator()(const change::TokenExpired& expired) { restore_token(expired.token); }
  void operator()(const change::TokenForgotten& forgotten) { restore_token(forgotten.token); }
  void operator()(const change::LimitSet& set) {
    const ApiState* api = find_api(set.api);
    if (api == nullptr) return;
    const auto& limit = api->limiter.limit();
    add(change::LimitCounted{.api = set.api, .count = api->limiter.count()});
    add(change::LimitSet{.api = set.api, .limit = limit ? std::make_shared<const RateLimit>(*limit) : nullptr});
  }
  void operator()(const change::LimitCounted& counted) {
    if (const ApiState* api = find_api(counted.api)) add(change::LimitCounted{.api = counted.api, .count = api->limiter.count()});
  }
  void operator()(const change::CallDelivered& call) {
    const ApiState* api = find_api(call.api);
    if (api == nullptr) return;
    const Redeliveries& delivered = api->delivered;
    if (delivered.find(call.call) != nullptr) return place_back(delivered, call.api, call.call);
    const auto forgotten = delivered.forgotten_for(call.call);
    for (const std::string_view one : forgotten) place_back(delivered, call.api, one);
    add(change::CallForgotten{.api = call.api, .call = call.call});
  }
  void operator()(const change::ItemDone& done) { restore_item(done.api, done.call, done.item); }
  void operator()(const change::ItemUndone& undone) { restore_item(undone.api, undone.call, undone.item); }
  void operator()(const change::FaultArmed& armed) { add(change::FaultDisarmed{.id = armed.id, .next_id = before_.next_fault_id}); }
  void operator()(const change::FaultCounted& counted) {
    if (const ArmedFault* fault = find_fault(before_, counted.id))
      add(change::FaultCounted{.id = fault->id, .seen = fault->seen, .applied = fault->applied});
  }
  void operator()(const change::FaultDisarmed&) { restore_faults(); }
  void operator()(const change::FaultsSet&) { restore_faults(); }
  void operator()(const change::SettingSet& set) {
    const ApiState* api = find_api(set.api);
    if (api == nullptr) return;
    const auto setting = api->settings.find(set.setting);
    if (setting == api->settings.end()) return restore_state();
    add(change::SettingSet{.api = set.api, .setting = set.setting, .value = setting->second});
  }
  void operator()(const change::SnapshotStored& stored) { restore_snapshot(stored.name); }
  void operator()(const change::SnapshotRemoved& removed) { restore_snapshot(removed.name); }
  template <class Other>
  void operator()(const Other&) {
    restore_state();
  }

 private:
  void add(const Change& change) { commit_.add_to_inverse(change); }

  const ApiState* find_api(std::string_view api) const {
    const auto found = before_.states_by_api.find(api);
    return found == before_.states_by_api.end() ? nullptr : &found->second;
  }
  // The state in an API of which a collection changes, and what changes back when its records change by themselves.
  const ApiState* unsettled(std::string_view api, std::string_view collection) {
    const ApiState* found = find_api(api);
    if (found != nullptr && found->changes_by_itself(collection) && found->settled_until != Time::min())
      add(change::Settled{.api = api, .until = found->settled_until});
    return found;
  }
  void put_back(const StoredRecord& entry, std::string_view api, std::string_view collection) {
    add(change::RecordStored{
        .api = api, .collection = collection, .id = entry.id, .record = entry.record, .is_new = false, .serial = entry.serial});
  }
  void put_back(const ApiState& state, std::string_view api, std::string_view collection, std::string_view id) {
    if (const auto entry = state.store.find_entry(collection, id)) put_back(*entry, api, collection);
  }
  void restore_sequence(std::string_view sequence) {
    const auto& numbers = before_.env.ids.all();
    if (const auto number = numbers.find(sequence); number != numbers.end())
      add(change::SequenceMoved{.sequence = sequence, .next = number->second});
    else
      add(change::SequenceForgotten{.sequence = sequence});
  }
  void restore_token(std::string_view value) {
    const auto token = before_.tokens.find(value);
    if (token == before_.tokens.end()) return add(change::TokenForgotten{.token = value});
    const auto& [username, issued, expires] = token->second;
    add(change::TokenIssued{.token = value, .username = username, .issued = issued, .expires = expires});
  }
  void place_back(const Redeliveries& delivered, std::string_view api, std::string_view call) {
    add(change::CallPlaced{.api = api,
                           .call = call,
                           .entries = std::make_shared<const Redeliveries::Entries>(*delivered.find(call)),
                           .behind = delivered.call_before(call)});
  }
  void restore_item(std::string_view api, std::string_view call, std::uint64_t item) {
    const ApiState* state = find_api(api);
    const auto* entries = state == nullptr ? nullptr : state->delivered.find(call);
    if (entries == nullptr || item >= entries->size()) return;
    if (const auto& entry = (*entries)[static_cast<std::size_t>(item)])
      add(change::ItemDone{.api = api, .call = call, .item = item, .entry = *entry});
    else
      add(change::ItemUndone{.api = api, .call = call, .item = item});
  }
  void restore_snapshot(std::string_view name) {
    if (const auto snapshot = before_.snapshots.find(name); snapshot != before_.snapshots.end())
      add(change::SnapshotStored{.name = name, .snapshot = snapshot->second});
    else
      add(change::SnapshotRemoved{.name = name});
  }
  void restore_faults() {
    if (has_faults_) return;
    has_faults_ = true;
    add(change::FaultsSet{.faults = std::make_shared<const std::vector<ArmedFault>>(before_.faults), .next_id = before_.next_fault_id});
  }
  void restore_state() {
    has_state_ = true;
    add(change::StateSet{.state = std::make_shared<const TenantState>(before_)});
  }

  Commit& commit_;
  const TenantState& before_;
  bool &has_faults_, &has_state_;
};

}  // namespace

void Commit::add_inverse(const Change& change, const TenantState& before) {
  if (!has_earlier_state_) std::visit(Inverter(*this, before, has_earlier_faults_, has_earlier_state_), change);
}

}  // namespace understudy
