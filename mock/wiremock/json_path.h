// Owns JSONPath as far as request patterns use it: members, indices, wildcards, descent (..) and filters of one comparison,
// [?(@.a == 'b')]. Slices, unions, functions and && are refused when parsed, never ignored.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

class JsonPath {
 public:
  // The error is one sentence that names what is wrong and where.
  static tl::expected<JsonPath, std::string> parse(std::string_view text);

  // What the path leads to, in order, at most 10,000 values. Pointers into `root`.
  std::vector<const Json*> select(const Json& root) const;
  bool is_definite() const;  // leads to one value at most

  // How a path goes on from each value reached.
  struct Step {
    enum class Kind { member, index, all, descend, filter } kind = Kind::all;
    std::string name;         // member
    std::int64_t index = 0;   // negative: from the end
    std::vector<Step> inner;  // filter: from @
    std::string compare;      // filter: == != < <= > >=, or empty: something is there
    Json value;               // filter: with what
  };

 private:
  std::vector<Step> steps_;
};

}  // namespace understudy
