// The state of a tenant, which others read, with its only writer. What is written until commit() becomes one numbered commit for those
// who listen; without a listener nothing is kept.
#pragma once

#include "mock/state/commit.h"

namespace understudy {

// Not thread-safe: the tenant's lock guards it.
class LiveState {
 public:
  LiveState() = default;
  explicit LiveState(TenantState initial) : state_(std::move(initial)) {}

  const TenantState& state() const { return state_; }
  void write(const Change& change) {
    if (commit_ != nullptr) commit_->add(change);
    apply(state_, change);
  }

  // Called by commit(), under the tenant's lock.
  using Listener = std::function<void(const std::shared_ptr<const Commit>& commit)>;
  void listen(Listener listener);
  // The next commit gets the number after this one.
  void continue_after(std::uint64_t number) { number_ = number; }
  void stop_listening();
  // Ends the commit that is being made, unless it is empty.
  void commit();
  std::uint64_t number() const { return number_; }  // of the last commit; 0: none

 private:
  TenantState state_;
  Listener listener_;
  std::unique_ptr<Commit> commit_;  // null: nothing listens
  std::uint64_t number_ = 0;
};

}  // namespace understudy
