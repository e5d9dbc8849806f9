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
    if (commit_ != nullptr)
      keep_and_apply(change);
    else
      apply(state_, change);
  }

  bool is_kept() const { return commit_ != nullptr; }  // something listens
  // What the commit that is being made says about its origin (Commit::made_by).
  void set_made_by(std::string_view made_by) {
    if (commit_ != nullptr) commit_->made_by = made_by;
  }

  // Called by commit(), under the tenant's lock.
  using Listener = std::function<void(const std::shared_ptr<const Commit>& commit)>;
  void listen(Listener listener);
  // The next commit gets the number after this one.
  void continue_after(std::uint64_t number) { number_ = number; }
  // The commit that is being made gets the number after the last one of `replaced`, and its inverse leads to that state.
  void replace(const LiveState& replaced);
  void stop_listening();
  // From now on, commits contain what takes them back, too. Call it between commits.
  void keep_inverse(bool is_kept) { keeps_inverse_ = is_kept; }
  // What another mock did to the same tenant: its next commit, made at `at` by the system clock there; or all of it, as it is now. Returns
  // the commit with what takes it back; null without `for_history`.
  std::shared_ptr<const Commit> follow(const Commit& commit, Time at, bool for_history);
  void follow(TenantState state, std::uint64_t number);
  // Undoes the last commit, which has its inverse. The next one gets its number.
  void take_back(const Commit& commit);
  // Ends the commit that is being made, unless it is empty.
  void commit();
  // Takes back what the commit that is being made has changed. Commits contain what takes them back.
  void discard();
  std::uint64_t number() const { return number_; }  // of the last commit; 0: none

 private:
  void keep_and_apply(const Change& change);

  TenantState state_;
  Listener listener_;
  std::unique_ptr<Commit> commit_;  // null: nothing listens
  std::uint64_t number_ = 0;
  bool keeps_inverse_ = false;
};

}  // namespace understudy
