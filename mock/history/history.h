// The last commits of a tenant with what takes them back: what the tenant was after each of them.
#pragma once

#include <deque>

#include "mock/state/commit.h"

namespace understudy {

// Not thread-safe: the tenant's lock guards it.
class History {
 public:
  // Keeps `most` commits; the oldest are forgotten first.
  explicit History(std::size_t most) : most_(most) {}

  // Adds the next commit of the tenant. One without an inverse, or after a gap, forgets those before it.
  void add(std::shared_ptr<const Commit> commit);
  // The commits after this one were taken back.
  void forget_after(std::uint64_t number);
  // In the order of their numbers, which have no gap.
  const std::deque<std::shared_ptr<const Commit>>& commits() const { return commits_; }
  const Commit* find(std::uint64_t number) const;  // null: it is not kept
  // The state after a commit that is kept. `now`: after the last one; the result shares tables with it.
  TenantState state_at(std::uint64_t number, const TenantState& now) const;

 private:
  std::size_t most_;
  std::deque<std::shared_ptr<const Commit>> commits_;
};

// A copy for another tenant, whose lock then guards it: it shares records, but no tables. Tokens and snapshots stay behind: tokens name
// their tenant, and snapshots share tables with it.
TenantState copy_for_other_tenant(TenantState state);

// What differs between two states of a tenant (difference.cpp):
// {records: [{collection, id, change: added | removed, record}, {collection, id, change: changed, members}], state}.
// `members` and `state` are lists of {pointer, before, after}, without `before` or `after` where there was or is no value; the pointers
// of `state` lead into {clock, random, ids, profile, settings, seeded, limits, delivered, tokens, faults, snapshots}.
Json render_difference(const TenantState& before, const TenantState& after);

}  // namespace understudy
