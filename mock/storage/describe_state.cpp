// A state as the changes that make it.
#include "mock/storage/storage.h"

namespace understudy {
namespace {

void describe_records(const std::string& api, const Store& store, Commit& commit) {
  for (const std::string& collection : store.collections()) {
    for (const StoredRecord& one : store.entries(collection))
      commit.add(change::RecordStored{.api = api, .collection = collection, .id = one.id, .record = one.record, .serial = one.serial});
    if (store.is_seeded(collection)) commit.add(change::CollectionSeeded{.api = api, .collection = collection});
  }
}

void describe_delivered(const std::string& api, const Redeliveries& delivered, Commit& commit) {
  for (auto call = delivered.calls().rbegin(); call != delivered.calls().rend(); ++call) {
    const auto& [key, entries] = *call;
    commit.add(change::CallDelivered{.api = api, .call = key, .items = entries.size()});
    for (std::size_t item = 0; item < entries.size(); ++item) {
      if (entries[item]) commit.add(change::ItemDone{.api = api, .call = key, .item = item, .entry = *entries[item]});
    }
  }
}

void describe_api(const std::string& api, const ApiState& state, Commit& commit) {
  for (const auto& [name, value] : state.settings) commit.add(change::SettingSet{.api = api, .setting = name, .value = value});
  describe_records(api, state.store, commit);
  if (const auto& limit = state.limiter.limit()) {
    commit.add(change::LimitSet{.api = api, .limit = std::make_shared<const RateLimit>(*limit)});
    commit.add(change::LimitCounted{.api = api, .count = state.limiter.count()});
  }
  describe_delivered(api, state.delivered, commit);
}

}  // namespace

std::shared_ptr<const Commit> describe_state(const TenantState& state) {
  auto commit = std::make_shared<Commit>();
  commit->add(change::ProfileSet{.profile = std::make_shared<const Profile>(state.profile)});
  commit->add(change::ClockMoved{.clock = state.env.clock});
  commit->add(change::RandomMoved{.random = state.env.random});
  for (const auto& [sequence, next] : state.env.ids.all()) commit->add(change::SequenceMoved{.sequence = sequence, .next = next});
  for (const auto& [api, of_api] : state.states_by_api) describe_api(api, of_api, *commit);
  for (const auto& [value, token] : state.tokens)
    commit->add(change::TokenIssued{.token = value, .username = token.username, .issued = token.issued, .expires = token.expires});
  for (const ArmedFault& fault : state.faults) {
    commit->add(change::FaultArmed{.id = fault.id, .fault = fault.definition});
    if (fault.seen > 0) commit->add(change::FaultCounted{.id = fault.id, .seen = fault.seen, .applied = fault.applied});
  }
  return commit;
}

}  // namespace understudy
