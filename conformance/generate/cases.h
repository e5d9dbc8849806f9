// The cases of one operation: its base, changed in one respect each.
#pragma once

#include <string>
#include <vector>

#include "conformance/generate/bases.h"
#include "conformance/generate/trials.h"

namespace understudy {

struct Case {
  std::string topic;  // as it is, credential, again, unreadable, path, query, or that of a body change
  std::string name;   // "/CompanyId absent"; unique among the cases of the operation
  std::string part;   // which part of the step is changed: body, credential, again, text, path id, query pageSize
  std::string at;     // JSON Pointer in the scenario of what is replaced; empty: nothing
  Json value;         // by this
  Known known = {};
  std::string answer = {};  // that the mock gives; empty: not known

  // Whether cases of the same part can be rows of one scenario, which differ only in the value.
  bool is_row() const { return !at.empty() && part != "credential" && part != "text"; }
};

// Later bases of an operation make only the cases of members and rules that `known` does not name; their names are added to it.
// At most `limit`: the base as it is, then others taken in turn from each topic. `seed` decides which of a topic's cases are left out.
std::vector<Case> list_cases(const Base& base, std::size_t limit, std::uint64_t seed, std::set<std::string>& known);

// The base with the case's change in its last step, which expects nothing yet.
Json apply_case(const Base& base, const Case& one);

}  // namespace understudy
