// Owns the judgement of one step's answer in its order: what decides, captures, then the contract and the rest of the
// expectation, which may use what was captured just now.
#pragma once

#include <map>
#include <string>

#include "conformance/judge/judge.h"
#include "conformance/judge/message.h"

namespace understudy {

struct Judged {
  Findings findings;
  std::string answer;  // name of the answer that the response was taken for; may be empty
  bool over = false;   // the scenario cannot go on
  std::map<std::string, Json> captured;
};

// Fails only where a name of the expectation has no value.
Result<Judged> judge_step(const Bench& bench, const Step& step, const Message& message, const TransportResult& result);

}  // namespace understudy
