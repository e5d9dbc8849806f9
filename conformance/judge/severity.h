// Names the contract's rule that a finding is about, and decides whether the finding is an error or a note: what is only assumed is a
// note, unless the run is strict.
#pragma once

#include <optional>

#include "conformance/judge/judge.h"

namespace understudy {

// Called once for a step, when its findings are complete.
void assign_severity(Findings& findings, bool strict);

// The first rule that should have refused what was sent, with the expected answer if there is one: the schema, then rows, then a row about
// records (the target's records are not known here). Returns its id, source, evidence and sentence as a finding. With `item` the rows of
// an operation with items are evaluated for that item alone.
std::optional<Finding> find_refusing_rule(const JudgeContext& context, const Json& sent, const ResponseDefinition* expected,
                                          std::optional<std::size_t> item = {});

// Fills in rule, source and evidence of a finding that says: `expected` did not come. `accepted`: a success came instead.
void attach_rule(const JudgeContext& context, Finding& finding, const ResponseDefinition& expected, const ResponseVariant& variant,
                 bool accepted, const Json* sent, std::optional<std::size_t> item = {});

}  // namespace understudy
