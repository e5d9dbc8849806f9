// Describes for reports what a step expects, with the names filled in: one part for a whole response, or for each answering call of a
// batch. Findings come from judge.h.
#pragma once

#include <vector>

#include "conformance/judge/message.h"
#include "conformance/judge/verdict.h"
#include "scenarios/src/model/scenario.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// In the order of the response. An undefined name stays as it was written. Every difference belongs to one part at most.
std::vector<ExpectedPart> describe_expected(const Step& step, const Message& message, const Variables& names,
                                            const std::vector<Difference>& differences);
// What a scenario's `given` arranges, as written; {} if nothing.
Json describe_given(const Given& given);

}  // namespace understudy
