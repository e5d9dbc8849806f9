#include "mock/history/history.h"

namespace understudy {

void History::add(std::shared_ptr<const Commit> commit) {
  const bool follows = !commits_.empty() && commits_.back()->number + 1 == commit->number;
  if (!follows || !commit->has_inverse) commits_.clear();
  commits_.push_back(std::move(commit));
  if (commits_.size() > most_) commits_.pop_front();
}

void History::forget_after(std::uint64_t number) {
  while (!commits_.empty() && commits_.back()->number > number) commits_.pop_back();
}

const Commit* History::find(std::uint64_t number) const {
  if (commits_.empty() || number < commits_.front()->number || number > commits_.back()->number) return nullptr;
  return commits_[static_cast<std::size_t>(number - commits_.front()->number)].get();
}

TenantState History::state_at(std::uint64_t number, const TenantState& now) const {
  TenantState state = now;
  for (auto commit = commits_.rbegin(); commit != commits_.rend() && (*commit)->number > number; ++commit) {
    for (const Change& change : (*commit)->inverse()) apply(state, change);
  }
  return state;
}

TenantState copy_for_other_tenant(TenantState state) {
  state.tokens.clear();
  state.snapshots.clear();
  for (auto& [api, of_api] : state.states_by_api) of_api.store.copy_shared_tables();
  return state;
}

}  // namespace understudy
