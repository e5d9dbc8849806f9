#include "conformance/judge/judge_step.h"

#include <fmt/format.h>

#include <set>

#include "conformance/judge/judge_batch.h"
#include "conformance/judge/severity.h"

namespace understudy {
namespace {

// Where captures are taken from: a body, or a call's element with its answer.
struct CaptureSource {
  const Json* body = nullptr;
  const ResponseDefinition* answer = nullptr;
  const ResponseVariant* variant = nullptr;
  std::string within;    // pointer of the answer inside the body
  bool is_lost = false;  // the body is no JSON, and has a finding that says so
};

const Json* body_of(const StepCheck& check) { return check.body ? &*check.body : nullptr; }

// A member that the contract misses has one finding, not another one because its value was to be captured.
void drop_repeated_captures(Findings& findings) {
  std::set<std::string> missing;
  for (const auto& finding : findings)
    if (finding.code == "required" && finding.severity == Severity::error) missing.insert(finding.pointer);
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.code == "capture" && finding.severity == Severity::error && missing.contains(finding.pointer);
  });
}

Judged make_judged(const StepCheck& check) {
  return {.findings = check.findings, .answer = check.answer != nullptr ? check.answer->name : "", .ends_scenario = check.ends_scenario};
}

// Captures also from a wrong response: the cleanup may need the values. A missing one is a finding only where the scenario continues.
void capture(const JudgeContext& context, const std::map<std::string, std::string>& captures, const std::string& where,
             const CaptureSource& source, Judged& judged) {
  const bool must_have = !judged.ends_scenario;
  for (const auto& [name, pointer] : captures) {
    const bool is_id = pointer == "$id";
    const bool has_id = source.variant != nullptr && source.variant->id.has_value();
    const auto path = is_id ? (has_id ? source.within + *source.variant->id : std::string()) : pointer;
    const Json* value = source.body != nullptr && (!is_id || has_id) ? find_pointer(*source.body, path) : nullptr;
    if (value != nullptr) {
      judged.captured.insert_or_assign(name, *value);
    } else if (must_have) {
      judged.findings.push_back(
          make_finding(context.document->place(join_pointer(where + "/capture", name)), "capture", path,
                       is_id ? fmt::format("the created record's id, for {{{{{}}}}}", name) : fmt::format("a value for {{{{{}}}}}", name),
                       is_id && !has_id ? "an answer that carries no id" : "absent"));
      if (source.variant != nullptr) {
        const auto fact = source.variant->fact_of(generalise_pointer(path));
        judged.findings.back().evidence = fact.evidence;
        judged.findings.back().source = fact.source;
        judged.findings.back().rule = context.contract->api + "." + source.answer->name;
      }
      // Where the value may be elsewhere, steps that do not use it can still be judged.
      const bool is_error = judged.findings.back().evidence <= context.level;
      judged.ends_scenario = judged.ends_scenario || is_error;
      if (is_error && source.is_lost) judged.findings.pop_back();
    }
  }
}

// The context of the details: the expectation may use what was captured just now.
struct DetailsContext {
  DetailsContext(const JudgeContext& base, const Judged& judged) : names(*base.variables), context(base) {
    for (const auto& [name, value] : judged.captured) names.set(name, value);
    context.variables = &names;
    context.has_failed = judged.ends_scenario;
  }
  Variables names;
  JudgeContext context;
};

Result<Judged> judge_exchange(const JudgeContext& context, const Step& step, const Message& message, const TransportResult& result) {
  const auto sent = message.json ? ParsedJson(*message.json) : parse_json(message.body);
  const auto check = check_outcome(context, step.expect, result, sent ? &*sent : nullptr);
  if (!check) return tl::unexpected(check.error());
  auto judged = make_judged(*check);
  if (result.outcome == Outcome::answered)
    capture(context, step.capture, step.pointer,
            {.body = body_of(*check),
             .answer = check->answer,
             .variant = check->variant,
             .is_lost = !check->body && step.expect.contract_checked},
            judged);
  if (!check->is_comparable || (check->ends_scenario && check->findings.empty())) {
    if (judged.findings.empty()) judged.findings = with_location(context, check->contract_findings, step.expect);
    return judged;
  }
  const DetailsContext details(context, judged);
  if (auto done = append(judged.findings, check_details(details.context, step.expect, *check, result)); !done)
    return tl::unexpected(done.error());
  return judged;
}

CaptureSource source_of(const CallCheck& call, const std::string& result_member) {
  if (call.items.empty()) return {.body = &call.element, .answer = call.whole.answer, .variant = call.whole.variant};
  return {.body = &call.element,
          .answer = call.items.front().answer,
          .variant = call.items.front().variant,
          .within = join_pointer(join_pointer("", result_member), std::size_t{0})};
}

Result<Judged> judge_batch(const JudgeContext& context, const Step& step, const Message& message, const TransportResult& result) {
  const auto& batch = *message.contract->batch;
  const auto unknown = make_operation(*message.contract, {batch.unknown_call, batch.bad_arguments, batch.not_authorized});
  const auto check = check_batch_outcome(context, unknown, step.expect, message, result);
  if (!check) return tl::unexpected(check.error());
  auto judged = make_judged(check->exchange);
  if (result.outcome == Outcome::answered) {
    capture(context, step.capture, step.pointer, {.body = body_of(check->exchange)}, judged);
    for (const auto& call : check->calls)
      capture(context, call.call->step.capture, call.call->step.pointer, source_of(call, batch.result_member), judged);
  }
  // The details of all calls are checked even where one of them ends the scenario: each has a place of its own.
  const DetailsContext details(context, judged);
  if (auto done = append(judged.findings, check_batch_details(details.context, unknown, step.expect, *check, result)); !done)
    return tl::unexpected(done.error());
  return judged;
}

}  // namespace

Result<Judged> judge_step(const JudgeContext& context, const Step& step, const Message& message, const TransportResult& result) {
  auto judged = message.is_batch ? judge_batch(context, step, message, result) : judge_exchange(context, step, message, result);
  if (!judged) return judged;
  assign_severity(judged->findings, context.level);
  drop_repeated_captures(judged->findings);
  return judged;
}

}  // namespace understudy
