// Owns the list of scenarios that are known to fail. One that passes nevertheless is an error, as is a pattern that matches
// nothing: a list that is out of date hides things.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/problem.h"

namespace understudy {

struct KnownFailure {
  std::string pattern;  // over names of verdicts, as --run takes them; a row may stand behind: sellercloud/create-order [*]
  std::string reason;
  Place place;
};

// One a line: `pattern # reason`; the reason is wanted. Empty lines and lines of comment are passed over.
Result<std::vector<KnownFailure>> parse_known_failures(std::string_view text, const std::string& file);
bool matches_known_failure(const KnownFailure& known, std::string_view verdict_name);

}  // namespace understudy
