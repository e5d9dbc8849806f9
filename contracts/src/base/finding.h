// Owns Finding: one difference between what a contract or an expectation says and what was seen. Plain data: findings are
// collected, carried beside answers and reported; nothing is thrown for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/problem.h"

namespace understudy {

// How sure we are of a fact (design.md 1).
enum class Evidence {
  documented,  // a vendor document of the seeds says so
  observed,    // a public source saw it on the wire
  published,   // the vendor's other public documents (swagger, sibling articles)
  assumed,     // our reading of a silence
};
std::string_view to_string(Evidence evidence);
std::optional<Evidence> parse_evidence(std::string_view word);

enum class Severity { error, note };

struct Finding {
  std::string code;      // keyword of the schema (required, type, enum, ...), verb of the rule, or status, reason, header, transport, ...
  std::string pointer;   // JSON Pointer into the body judged; for `required` it names the missing member itself
  std::string expected;  // typed words: integer >= 1, string "a", one of ...
  std::string actual;    // typed words: integer 0, absent
  std::string message;   // one sentence for people
  std::string rule;      // id of the rule, row or answer; empty if none
  std::string source;    // document and place of that rule
  Evidence evidence = Evidence::documented;
  Severity severity = Severity::error;
  std::string schema_pointer;  // where the keyword stands in the contract's document; empty if none
  Place place;                 // where in the scenario the expectation stands; empty file if none
};
using Findings = std::vector<Finding>;

}  // namespace understudy
