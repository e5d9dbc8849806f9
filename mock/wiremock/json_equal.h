// Equality of JSON in request patterns: the order of lists and further elements can be ignored, and the expected value may hold
// placeholders such as ${json-unit.any-string}.
#pragma once

#include "contracts/src/base/json.h"
#include "mock/wiremock/step_budget.h"

namespace understudy {

struct LooseEquality {
  bool ignore_order = false;  // of lists
  bool ignore_extra = false;  // members and, at the end of a list, elements
};
bool equal_json_loosely(const Json& expected, const Json& actual, LooseEquality how, StepBudget& budget);

// The first placeholder in `expected` that is not supported.
std::optional<std::string> find_unknown_placeholder(const Json& expected);

}  // namespace understudy
