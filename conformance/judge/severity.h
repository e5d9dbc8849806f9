// Owns how bad a difference is, and whose rule it is: accepted-or-refused follows the evidence of the rule concerned, the form
// of an answer that of the answer. What is only assumed is a note, unless the run is strict.
#pragma once

#include <optional>

#include "conformance/judge/judge.h"

namespace understudy {

Severity severity_of(Evidence evidence, bool strict);

// The first rule that should have refused what was sent, with the expected answer if there is one: shape, then rows, then (records are not
// known here) a row about records. Its id, source, evidence and sentence as a finding. With `item` the rows of an operation with items are
// asked of that element alone.
std::optional<Finding> find_refusing_rule(const Bench& bench, const Json& sent, const ResponseDefinition* expected,
                                          std::optional<std::size_t> item = {});

// Weighs a decisive difference: `expected` was to come, `accepted` tells what came instead.
void weigh(const Bench& bench, Finding& finding, const ResponseDefinition* expected, const ResponseVariant* variant, bool accepted,
           const Json* sent, std::optional<std::size_t> item = {});

}  // namespace understudy
