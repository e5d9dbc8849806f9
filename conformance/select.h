// Owns which scenarios a run takes: labels and patterns over their names, and the list of those that are known to fail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/problem.h"
#include "scenarios/src/parse.h"

namespace understudy {

// '*' stands for anything; without one the pattern may stand anywhere in the name. Case counts.
bool matches_pattern(std::string_view pattern, std::string_view name);

struct Selection {
  std::vector<std::string> run;     // empty: all
  std::vector<std::string> skip;
  std::vector<std::string> labels;  // empty: all; else one of them
};
bool is_selected(const Selection& selection, const Scenario& scenario);

// A scenario that may fail, and why. One that passes nevertheless is an error, as is a pattern that matches nothing.
struct KnownFailure {
  std::string pattern;
  std::string reason;
  Place place;
};
// One a line: `pattern # reason`; the reason is wanted. Empty lines and lines of comment are passed over.
Result<std::vector<KnownFailure>> parse_known_failures(std::string_view text, const std::string& file);
const KnownFailure* find_known_failure(const std::vector<KnownFailure>& list, std::string_view name);

}  // namespace understudy
