// The text of the contract's rule that a finding names, for reports: the rule in words, the reason for our reading, and the rule's place
// in the contract's files.
#pragma once

#include <string>

#include "contracts/src/base/finding.h"

namespace understudy {

struct Contracts;

struct RuleText {
  std::string says;     // /Units more_than 0; may be empty
  std::string because;  // the reason for our reading of the source; may be empty
  Place place;          // empty file: not known
};

// Empty where the finding names no rule of these contracts.
RuleText find_rule_text(const Contracts& contracts, const Finding& finding);

}  // namespace understudy
