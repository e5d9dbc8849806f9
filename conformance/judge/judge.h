// Owns the judgement of one answer: first what decides (transport, status or answer), then, once captures are taken, the
// contract and the rest of the expectation. Severities are severity.h's business, batches judge_batch.h's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/target/transport.h"
#include "contracts/src/model/check.h"
#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// What judging needs to know besides the answer.
struct Bench {
  const Contract& contract;
  const Operation& operation;
  const Switches& switches;
  const Settings& settings;
  const YamlDocument& document;
  const Variables& variables;
  Time now;  // of the scenario
  bool strict = false;
  const Json* records = nullptr;  // what the scenario seeds, by collection; null: nothing is known of it
  bool decided = false;           // the step is wrong already: an expectation with a name that nobody captured is passed over
};

// After the first look: what the answer was taken for, and whether the scenario can go on.
struct Look {
  const ResponseDefinition* answer = nullptr;
  const ResponseVariant* variant = nullptr;
  Findings contract_findings;  // against that answer; counted by the second look
  Findings findings;           // what decides
  bool over = false;           // the scenario ends here
  std::optional<Json> body;    // parsed, if it is JSON
};

// `sent`: the JSON body of the request, if it had one; names the rule where a refusal was expected and did not come.
Result<Look> look_first(const Bench& bench, const Expectation& expect, const TransportResult& result, const Json* sent);
// The contract's findings and those of reason, headers, body and text.
Result<Findings> look_closer(const Bench& bench, const Expectation& expect, const Look& look, const TransportResult& result);

// --- shared with judge_batch ------------------------------------------------------------------------------------------
// `part` is where the expected value stands in the file; findings get its place, and what the answer's evidence makes of them.
// `source` is the text that the actual value was parsed from, if it is a whole body.
Result<Findings> match_part(const Bench& bench, const std::string& part, const Json& expected, const Json* actual, const Look& look,
                            std::string_view source = {});
// Findings of the contract, placed at the expectation.
Findings placed(const Bench& bench, Findings findings, const Expectation& expect);
std::string describe_answer(const ResponseDefinition& answer, const ResponseVariant& variant, const Switches& switches);
// An operation for what no operation says: it may give these answers.
Operation make_operation(const Contract& contract, std::vector<std::string> answers);

}  // namespace understudy
