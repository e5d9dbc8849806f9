// Owns what reports tell of a step's expectation: its words with names filled in, one part for a whole answer or for each
// answering call of a batch. It judges nothing; findings come from judge.h.
#pragma once

#include <vector>

#include "conformance/judge/message.h"
#include "conformance/judge/verdict.h"
#include "scenarios/src/model/scenario.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// In the order of the answer. A name without a value is left as it was written. Every difference belongs to one part at most.
std::vector<ExpectedPart> describe_expected(const Step& step, const Message& message, const Variables& names,
                                            const std::vector<Difference>& differences);
// What a scenario asks to be arranged, as written; {} if nothing.
Json describe_given(const Given& given);

}  // namespace understudy
