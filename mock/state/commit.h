// The changes of one exchange or admin call, in order. Applied to a tenant that had all commits before it, they make an equal tenant.
#pragma once

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
  const std::vector<Change>& changes() const { return changes_; }
  void add(const Change& change);  // with a copy of its texts

 private:
  std::vector<Change> changes_;
  std::forward_list<std::string> texts_;
};

// A commit as JSON: {number, changes: [{kind, ...}]}. parse_commit(render_commit(c)) has the same effect as c.
Json render_commit(const Commit& commit);
Json render_change(const Change& change);
Result<std::shared_ptr<const Commit>> parse_commit(const Json& document, const Contracts& contracts);
// The whole state, exactly.
Json render_state(const TenantState& state);
Result<std::shared_ptr<const TenantState>> parse_state(const Json& document, const Contracts& contracts);

}  // namespace understudy
