// The changes of one exchange or admin call, in order. Applied to a tenant that had all commits before it, they make an equal tenant.
#pragma once

#include <algorithm>
#include <forward_list>

#include "contracts/src/base/problem.h"
#include "mock/state/change.h"

namespace understudy {

class Commit {
 public:
  Commit() = default;
  Commit(const Commit&) = delete;  // the changes refer to its texts
  Commit& operator=(const Commit&) = delete;

  std::uint64_t number = 0;  // of its tenant, from 1
  Time at{};                 // when it ended, by the tenant's clock
  std::string made_by;       // an operation, `admin.` with a call of the admin API, `staging`, or `later`: due by the contract
  const std::vector<Change>& changes() const { return changes_; }
  bool is_note() const;            // it only says until when no record is due to change by itself; reading a tenant can make one
  void add(const Change& change);  // with a copy of its texts
  // What takes the commit back, in the order in which it is applied. Empty if it is not kept, too.
  const std::vector<Change>& inverse() const { return inverse_; }
  bool has_inverse = false;  // it is kept
  // Adds what takes the change back, which is applied to `before` next (inverse.cpp). reverse_inverse() follows the last one.
  void add_inverse(const Change& change, const TenantState& before);
  void add_to_inverse(const Change& change);  // with a copy of its texts
  void set_inverse(const Change& change);     // that alone takes the commit back
  void reverse_inverse() { std::ranges::reverse(inverse_); }

 private:
  void keep(const Change& change, std::vector<Change>& in);

  std::vector<Change> changes_, inverse_;
  bool has_earlier_faults_ = false, has_earlier_state_ = false;  // in inverse_, so that no change of them needs more
  std::forward_list<std::string> texts_;
};

// A commit as JSON: {number, at, made_by, changes: [{kind, ...}], inverse: [{kind, ...}] if it is kept}. parse_commit(render_commit(c)) has
// the same effect as c.
Json render_commit(const Commit& commit);
Json render_change(const Change& change);
Result<std::shared_ptr<const Commit>> parse_commit(const Json& document, const Contracts& contracts);
// The whole state, exactly.
Json render_state(const TenantState& state);
Result<std::shared_ptr<const TenantState>> parse_state(const Json& document, const Contracts& contracts);

}  // namespace understudy
