// Compares one response with the step's `expect` and with the contract. Call check_outcome() first: it decides whether the scenario can
// continue. Then take captures, then call check_details(). judge_step.h keeps this order; batches: judge_batch.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/response_form.h"
#include "conformance/target/transport.h"
#include "contracts/src/model/check.h"
#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// What judging needs besides the response. The context for a part of a response is a copy in which some members are replaced.
struct JudgeContext {
  const Contract* contract = nullptr;
  const Operation* operation = nullptr;
  const Switches* switches = nullptr;
  const Settings* settings = nullptr;
  const YamlDocument* document = nullptr;
  const Variables* variables = nullptr;
  const Json* records = nullptr;            // seeded by the scenario, by collection; null: not known
  std::size_t answer_limit = kAnswerLimit;  // of the target
  Evidence level = Evidence::assumed;       // differences from statements up to it are errors, from others notes
  std::optional<Evidence> evidence;         // of what the step expects, if the scenario or the step says so
  bool has_failed = false;                  // the step has findings already: an expectation with an undefined name is skipped
  bool own_credential = false;              // the request carries the runner's own token or key
};

struct StepCheck {
  const ResponseDefinition* answer = nullptr;  // the contract's answer that the response was taken for
  const ResponseVariant* variant = nullptr;
  Findings contract_findings;  // against that answer; check_details() returns them
  Findings findings;           // of transport, status or answer
  bool ends_scenario = false;  // the following steps cannot be judged
  bool is_comparable = true;   // the rest of the expectation can be compared with the response
  ParsedJson body = tl::unexpected(JsonError());
  BodyForm form;
};

// `sent`: the JSON body of the request, if it had one. Where a refusal was expected, it shows which rule should have refused.
// Fails where an expected status uses an undefined name.
Result<StepCheck> check_outcome(const JudgeContext& context, const Expectation& expect, const TransportResult& result, const Json* sent);
// The findings of the contract and of reason, headers, body and text.
Result<Findings> check_details(const JudgeContext& context, const Expectation& expect, const StepCheck& check,
                               const TransportResult& result);

// Parses the body. False: it is more JSON than is read; a finding says so, and the scenario ends.
bool read_body(const JudgeContext& context, const Expectation& expect, const TransportResult& result, StepCheck& check);

// --- shared with judge_step.cpp and judge_batch.cpp ---------------------------------------------------------------------
Finding make_finding(const Place& place, std::string code, std::string pointer, std::string expected, std::string actual);
// Adds `more` to `all`, with `prefix` before their pointers. Fails where `more` is a problem.
Result<void> append(Findings& all, Result<Findings> more, const std::string& prefix = "");
// One expected value: what it is about, and where it is written.
struct ExpectedValue {
  const Expectation& expect;
  std::string aspect;  // status, reason, header <name>, body, text
  std::string part;    // JSON Pointer of the value in the scenario file
  const Json& value;
};
// `source`: the text of a whole body, if `actual` was parsed from one. The findings name the answer of `check` as their rule; their
// evidence is the written one, else that of the answer's aspect.
Result<Findings> match_part(const JudgeContext& context, const ExpectedValue& expected, const Json* actual, const StepCheck& check,
                            std::string_view source = {});
// The evidence written for an aspect of what is expected (status, answer, a JSON Pointer into the body, ...), or nearest above it.
std::optional<Evidence> find_written_evidence(const JudgeContext& context, const Expectation& expect, std::string_view aspect);
// Contract findings, each with the place of the expectation.
Findings with_location(const JudgeContext& context, Findings findings, const Expectation& expect);
// The strongest evidence that the findings contradict.
Evidence strongest_evidence(const Findings& findings);
// Whether the next steps can be judged although the answer was not the expected one: nothing was done, as was expected.
bool is_premise_kept(const JudgeContext& context, const Finding& finding, bool success_expected, bool accepted);
std::string describe_answer(const ResponseDefinition& answer, const ResponseVariant& variant, const Switches& switches);
// An operation for requests that name none: these are its legal answers.
Operation make_operation(const Contract& contract, std::vector<std::string> answers);

}  // namespace understudy
