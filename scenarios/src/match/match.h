// Compares a received value with what a scenario expects (docs/scenarios.md, "Matching"). See also: contracts/src/model/check.h, which
// compares the same response with the contract.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"

namespace understudy {

struct MatchOptions {
  // The text that the actual value was parsed from, for $lexical; `pointer` leads into it. Empty: the value rendered again.
  std::string_view source = {};
  // The place in the scenario file of a part of the expected tree, by its JSON Pointer inside that tree; may be empty.
  std::function<Place(std::string_view)> place = {};
};

// All differences; empty: they match. `expected` is rendered; `actual` is null if the value is absent; `pointer` is its place in
// the body and starts the pointers of the findings. Codes: match.value, match.type, match.missing (expected,
// not there), match.extra ($exact), and match.<word> of the matcher that failed; match.matcher: the matcher itself is wrong.
Findings match_value(const Json& expected, const Json* actual, std::string_view pointer = "", const MatchOptions& options = {});

struct MatcherProblem {
  std::string pointer;  // inside the tree
  bool is_key = false;  // the key at the pointer is meant, not the value
  std::string code;     // unknown-matcher, bad-matcher
  std::string message;
};
// The first mistake in the matchers of a tree. Arguments that are templates are accepted.
std::optional<MatcherProblem> check_matchers(const Json& tree);

// A mapping with a key that starts with '$' is a matcher, not a value.
bool is_matcher(const Json& tree);
const std::vector<std::string>& matcher_words();  // with the '$'

}  // namespace understudy
