// Owns what a contract says at the rule that a finding names: its words, why we read it so, and where in the contract's files
// it stands. Which rule a finding is about is decided where it is found.
#pragma once

#include <string>

#include "contracts/src/base/finding.h"

namespace understudy {

struct Contracts;

struct RuleText {
  std::string says;     // in words: /Units more_than 0; may be empty
  std::string because;  // why we read the source so; may be empty
  Place place;          // of the rule in the contract's files; empty file: not known
};

// Empty where the finding names no rule, or one that these contracts do not have.
RuleText find_rule_text(const Contracts& contracts, const Finding& finding);

}  // namespace understudy
