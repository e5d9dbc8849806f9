// Whether a client can see what an operation does with a member of its request, as far as the templates of the contract prove it.
#pragma once

#include "contracts/src/model/contract.h"

namespace understudy {

// Performed by its verb: no C++ of the API does it.
bool is_performed_by_verb(const Contract& contract, const Operation& operation);

// Why a request of the operation stores nothing; empty: it may store something.
std::string why_nothing_is_stored(const Contract& contract, const Operation& operation);

class Visibility {
 public:
  explicit Visibility(const Contract& contract);
  // Why no client can see whether the member with this pattern (/Lines/*/Qty) was stored; empty: a client may.
  std::string why_unseen(const Operation& operation, const std::string& pattern) const;

 private:
  void gather(const Json& words);
  void add_segments(const std::string& pointer);
  bool can_show(const Operation& operation, const std::string& pattern) const;

  const Contract& contract_;
  std::set<std::string> segments_;  // of all names in templates, filters and rules that look up records, in lower case
  bool whole_records_ = false;      // some template shows a record with all of its members
  bool whole_requests_ = false;
};

}  // namespace understudy
