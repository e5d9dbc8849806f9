// Finding: one difference between what a contract or an expectation says and what was seen. Findings are plain data: they are
// collected and reported, never thrown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/problem.h"

namespace understudy {

// How well a fact is known, the best known first. A run at a level judges the statements up to it.
enum class Evidence {
  documented,  // one of the vendor's documents that this project started from
  published,   // the vendor's other public documents (swagger, sibling articles)
  observed,    // a public source saw it on the wire
  assumed,     // our choice where no source says anything
};
constexpr Evidence weaker_of(Evidence left, Evidence right) { return left < right ? right : left; }
std::string_view to_string(Evidence evidence);
std::optional<Evidence> parse_evidence(std::string_view word);

enum class Severity { error, note };

struct Finding {
  std::string code;      // keyword of the schema (required, type, enum, ...), verb of the rule, or status, reason, header, transport, ...
  std::string pointer;   // JSON Pointer into the checked body; for `required` it names the missing member itself
  std::string expected;  // with its type: integer >= 1, string "a", one of ...
  std::string actual;    // with its type: integer 0, absent
  std::string message;   // one sentence for people
  std::string rule;      // id of the rule, row or response; empty: none
  std::string source;    // document and place of that rule
  Evidence evidence = Evidence::documented;
  Severity severity = Severity::error;
  std::string schema_pointer;  // of the keyword in the contract's document; empty: none
  Place place;                 // of the expectation in the scenario; empty file: none
};
using Findings = std::vector<Finding>;

}  // namespace understudy
