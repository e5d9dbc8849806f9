// The list of scenarios that are known to fail. A listed scenario that passes is an error, and so is a pattern that matches nothing: an
// outdated list hides failures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/problem.h"

namespace understudy {

struct KnownFailure {
  std::string pattern;  // matches verdict names, as --run does; may name a row: sellercloud/create-order [*]
  std::string reason;
  Place place;
};

// Each line is `pattern # reason`; the reason is required. Empty lines and comment lines are ignored.
Result<std::vector<KnownFailure>> parse_known_failures(std::string_view text, const std::string& file);
bool matches_known_failure(const KnownFailure& known, std::string_view verdict_name);

}  // namespace understudy
