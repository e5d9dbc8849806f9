// Judges one step's response in the right order: outcome, captures, then the contract and the rest of the expectation, which may use the
// captured values.
#pragma once

#include <map>
#include <string>

#include "conformance/judge/judge.h"
#include "conformance/judge/message.h"

namespace understudy {

struct Judged {
  Findings findings;           // with their severities
  std::string answer;          // name of the answer that the response was taken for; may be empty
  bool ends_scenario = false;  // the scenario cannot continue
  std::map<std::string, Json> captured;
};

// Fails only where the expectation uses an undefined name.
Result<Judged> judge_step(const JudgeContext& context, const Step& step, const Message& message, const TransportResult& result);

}  // namespace understudy
