// JSONPath as far as request patterns need it: members, indices, wildcards, descent (..) and filters with one comparison,
// [?(@.a == 'b')]. Slices, unions, functions and && are errors of parse(), never ignored.
#pragma once

#include "contracts/src/base/json.h"
#include "mock/wiremock/step_budget.h"

namespace understudy {

class JsonPath {
 public:
  // The error is a sentence with the offset of the mistake.
  static tl::expected<JsonPath, std::string> parse(std::string_view text);

  // The values that the path selects, in order, at most 10,000. They point into `root`.
  std::vector<const Json*> select(const Json& root, StepBudget& budget) const;

  // Applied to each value that the steps before it have reached.
  struct Step {
    enum class Kind { member, index, all, descend, filter } kind = Kind::all;
    std::string name = {};         // member
    std::int64_t index = 0;        // negative: from the end
    std::vector<Step> inner = {};  // filter: the path behind @
    std::string compare = {};      // filter: == != < <= > >=; empty: the inner path selects something
    Json value = {};               // filter: the right side
  };

 private:
  std::vector<Step> steps_;
};

}  // namespace understudy
