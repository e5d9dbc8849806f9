#include "mock/state/live_state.h"

namespace understudy {
namespace {

// The place in the order of creation that the record gets: a known one keeps its own.
std::uint64_t serial_of(const Store& store, const change::RecordStored& stored) {
  if (const auto before = store.find_entry(stored.collection, stored.id)) return before->serial;
  return stored.serial > 0 ? stored.serial : store.last_serial() + 1;
}

}  // namespace

void LiveState::listen(Listener listener) {
  listener_ = std::move(listener);
  commit_ = listener_ ? std::make_unique<Commit>() : nullptr;
}

void LiveState::replace(const LiveState& replaced) {
  number_ = replaced.number_;
  if (commit_ == nullptr || !keeps_inverse_) return;
  TenantState earlier = replaced.state_;
  for (auto& [api, of_api] : earlier.states_by_api) of_api.store.copy_shared_tables();  // another lock guards them from now on
  commit_->set_inverse(change::StateSet{.state = std::make_shared<const TenantState>(std::move(earlier))});
}

void LiveState::stop_listening() { listen(nullptr); }

void LiveState::keep_and_apply(const Change& change) {
  Change kept = change;
  if (auto* stored = std::get_if<change::RecordStored>(&kept)) {
    const auto api = state_.states_by_api.find(stored->api);
    if (api != state_.states_by_api.end()) stored->serial = serial_of(api->second.store, *stored);
  }
  if (keeps_inverse_) commit_->add_inverse(kept, state_);
  commit_->add(kept);
  understudy::apply(state_, kept);
}

void LiveState::take_back(const Commit& commit) {
  for (const Change& change : commit.inverse()) apply(state_, change);
  number_ = commit.number - 1;
}

std::shared_ptr<const Commit> LiveState::follow(const Commit& commit, Time at, bool for_history) {
  const auto kept = for_history ? std::make_shared<Commit>() : nullptr;
  for (const Change& change : commit.changes()) {
    if (kept != nullptr) {
      kept->add_inverse(change, state_);
      kept->add(change);
    }
    apply(state_, change);
  }
  state_.env.clock.reach(at);
  number_ = commit.number;
  if (kept == nullptr) return nullptr;
  kept->number = commit.number;
  kept->at = commit.at;
  kept->made_by = commit.made_by;
  kept->has_inverse = true;
  kept->reverse_inverse();
  return kept;
}

void LiveState::follow(TenantState state, std::uint64_t number) {
  state_ = std::move(state);
  number_ = number;
}

void LiveState::discard() {
  if (commit_ == nullptr || commit_->changes().empty()) return;
  commit_->reverse_inverse();
  for (const Change& change : commit_->inverse()) apply(state_, change);
  commit_ = std::make_unique<Commit>();
}

void LiveState::commit() {
  if (commit_ == nullptr || commit_->changes().empty()) return;
  commit_->number = ++number_;
  commit_->at = state_.env.clock.now();
  commit_->has_inverse = keeps_inverse_;
  commit_->reverse_inverse();
  listener_(std::shared_ptr<const Commit>(std::exchange(commit_, std::make_unique<Commit>())));
}

}  // namespace understudy
