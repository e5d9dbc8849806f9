// Names the contract's rule that a finding is about, and decides whether the finding is an error or a note: a note contradicts only
// statements that are less well known than the level of the run.
#pragma once

#include <optional>

#include "conformance/judge/judge.h"

namespace understudy {

// Called once for a step, when its findings are complete: errors are what contradicts statements up to the level.
void assign_severity(Findings& findings, Evidence level);

// The best known rule that should have refused what was sent, with the expected answer if there is one: of the schema and the rows; else a
// row about records (the target's records are not known here). Returns its id, source, evidence and sentence as a finding. With `item` the
// rows of an operation with items are evaluated for that item alone.
std::optional<Finding> find_refusing_rule(const JudgeContext& context, const Json& sent, const ResponseDefinition* expected,
                                          std::optional<std::size_t> item = {});

// How a response differs from the expected answer.
struct WrongAnswer {
  bool accepted = false;                 // a success came
  Evidence form = Evidence::documented;  // the strongest evidence that the response contradicts in the expected answer's form
  const Json* sent = nullptr;            // the JSON body of the request
  std::optional<std::size_t> item;       // which item of an operation with items
};
// Fills in rule, source and evidence of a finding that says: `expected` did not come. Where a refusal was expected, the rule that should
// have refused counts; where another refusal came, the weaker of that rule and of the answer's form.
void attach_rule(const JudgeContext& context, Finding& finding, const ResponseDefinition& expected, const WrongAnswer& wrong);

}  // namespace understudy
