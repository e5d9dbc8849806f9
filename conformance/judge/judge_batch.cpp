#include "conformance/judge/judge_batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/judge/severity.h"

namespace understudy {
namespace {

// The context for one call of the batch.
JudgeContext context_of(JudgeContext context, const SentCall& call, const Operation& unknown) {
  context.operation = call.operation != nullptr ? call.operation : &unknown;
  return context;
}

Finding make_finding_at(const JudgeContext& context, const std::string& part, std::string code, std::string pointer, std::string expected,
                        std::string actual) {
  return make_finding(context.document->place(part), std::move(code), std::move(pointer), std::move(expected), std::move(actual));
}

std::string describe_or_absent(const Json* value) { return value == nullptr ? "absent" : describe(*value); }

// JSON Pointer of a call's result in its element; with `index`, of one item.
std::string result_pointer(const JudgeContext& context) { return join_pointer("", context.contract->batch->result_member); }
std::string result_pointer(const JudgeContext& context, std::size_t index) { return join_pointer(result_pointer(context), index); }

// Compares an element, or an item in it, with the answers of its scope.
StepCheck check_part(const JudgeContext& context, const Expectation& expect, Scope scope, const Json& element,
                     const ResponseDefinition* expected, const std::string& part, const std::string& pointer, const Json* sent,
                     std::optional<std::size_t> item) {
  StepCheck check;
  check.body = element;
  auto nearest = check_element(*context.contract, *context.operation, *context.switches, scope, element, nullptr, context.level);
  bool nearest_fits = nearest.answer != nullptr && !contradicts(nearest.findings, context.level);
  if (expected == nullptr) {
    check.answer = nearest.answer;
    check.variant = nearest.variant;
    check.contract_findings = std::move(nearest.findings);
    if (nearest.answer == nullptr) {
      check.findings.push_back(make_finding_at(context, part, "answer", pointer, "an answer of the contract", describe(element, 120)));
      check.ends_scenario = true;
    }
    return check;
  }
  auto judgement = check_element(*context.contract, *context.operation, *context.switches, scope, element, expected, context.level);
  check.answer = expected;
  check.variant = judgement.variant;
  // An answer of which all is assumed fits everything up to a level below; the one with fewer differences is meant.
  const bool is_wrong = contradicts(judgement.findings, context.level);
  const auto is_nearer = [&](const Judgement& other) {
    return other.answer != nullptr && other.answer != expected && other.findings.size() < judgement.findings.size();
  };
  bool is_another = is_wrong && nearest_fits && is_nearer(nearest);
  if (is_wrong && !is_another) {
    // A failure instead of a success is another answer also if its form is wrong, or the reverse.
    auto closest = check_element(*context.contract, *context.operation, *context.switches, scope, element);
    is_another = is_nearer(closest) && closest.answer->success != expected->success;
    if (is_another) {
      nearest = std::move(closest);
      nearest_fits = !contradicts(nearest.findings, context.level);
    }
  }
  if (expected->scope == scope && !is_another) {
    check.contract_findings = std::move(judgement.findings);
    return check;
  }
  check.variant = &pick_variant(*expected, *context.switches);
  auto finding =
      make_finding_at(context, part, "answer", pointer, describe_answer(*expected, *check.variant, *context.switches),
                      nearest_fits && nearest.findings.empty() ? describe_answer(*nearest.answer, *nearest.variant, *context.switches)
                                                               : describe(element, 120));
  const bool accepted = nearest.answer != nullptr && nearest.answer->success;
  // An answer of another scope (a whole call refused, or one item) has no form to compare.
  const auto form = expected->scope == scope ? strongest_evidence(judgement.findings) : check.variant->fact_of("").evidence;
  attach_rule(context, finding, *expected, {.accepted = accepted, .form = form, .sent = sent, .item = item});
  if (const auto written = find_written_evidence(context, expect, "answer")) finding.evidence = *written;
  check.ends_scenario = !is_premise_kept(context, finding, expected->success, accepted);
  check.findings.push_back(std::move(finding));
  if (!nearest_fits && is_another) check.contract_findings = std::move(nearest.findings);
  return check;
}

// What the contract says about every element.
void check_envelope(const JudgeContext& context, const SentCall& call, const Json& element, Findings& findings) {
  const auto& batch = *context.contract->batch;
  const auto add = [&](std::string code, std::string pointer, std::string expected, std::string actual) {
    findings.push_back(
        make_finding_at(context, call.step.pointer, std::move(code), std::move(pointer), std::move(expected), std::move(actual)));
  };
  if (!element.is_object()) return add("type", "", "an object", describe(element));
  for (const auto& [name, value] : batch.envelope.items()) {
    const auto pointer = join_pointer("", name);
    const Json* found = find_pointer(element, pointer);
    if (found == nullptr || !json_equal(*found, value)) add("envelope", pointer, describe(value), describe_or_absent(found));
  }
  const Json* sent = find_pointer(call.element, batch.member_correlation);
  const Json* echoed = find_pointer(element, batch.member_correlation);
  if (sent != nullptr && (echoed == nullptr || !json_equal(*sent, *echoed)))
    add("id", batch.member_correlation, fmt::format("{}, as sent", describe(*sent)), describe_or_absent(echoed));
}

const ResponseDefinition* expected_item(const JudgeContext& context, const Expectation& expect, std::size_t index) {
  std::string name = expect.answer;
  if (index < expect.items.size()) {
    const Json* own = find_pointer(expect.items[index], "/answer");
    if (own != nullptr && own->is_string()) name = own->get<std::string>();
  }
  return name.empty() ? nullptr : context.contract->find_response(name);
}

std::string item_part(const Expectation& expect, std::size_t index) {
  return index < expect.items.size() ? join_pointer(expect.pointer + "/items", index) : expect.pointer;
}

void check_items(const JudgeContext& context, const SentCall& call, const Json& list, CallCheck& check, Findings& findings) {
  const auto& expect = call.step.expect;
  const Json* arguments = find_pointer(call.element, context.contract->batch->member_arguments);
  const Json* items = arguments != nullptr ? find_pointer(*arguments, context.operation->items) : nullptr;
  const auto wanted = items != nullptr && items->is_array() ? items->size() : list.size();
  if (list.size() != wanted) {
    findings.push_back(make_finding_at(context, expect.pointer, "items", result_pointer(context),
                                       fmt::format("a list of {}, one for each item sent", wanted),
                                       fmt::format("a list of {}", list.size())));
    findings.back().evidence = find_written_evidence(context, expect, "answer").value_or(context.operation->fact.evidence);
    return;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto item = check_part(context, expect, Scope::item, list[i], expected_item(context, expect, i), item_part(expect, i),
                           result_pointer(context, i), arguments, i);
    findings.insert(findings.end(), item.findings.begin(), item.findings.end());
    check.items.push_back(std::move(item));
  }
}

CallCheck check_call(const JudgeContext& context, const SentCall& call, const Json& element, Findings& findings) {
  CallCheck check{.call = &call, .element = element};
  check_envelope(context, call, element, findings);
  if (!element.is_object()) return check;
  const auto& expect = call.step.expect;
  const Json* list = find_pointer(element, result_pointer(context));
  const auto* expected = expect.answer.empty() ? nullptr : context.contract->find_response(expect.answer);
  const bool call_is_wanted = expected != nullptr && expected->scope == Scope::call;
  if (list != nullptr && list->is_array() && !context.operation->items.empty() && !call_is_wanted) {
    check_items(context, call, *list, check, findings);
    return check;
  }
  const Json* arguments = find_pointer(call.element, context.contract->batch->member_arguments);
  if (call_is_wanted && !expected->success && list != nullptr) {
    const auto& variant = pick_variant(*expected, *context.switches);
    auto finding = make_finding_at(context, expect.pointer, "answer", "", describe_answer(*expected, variant, *context.switches),
                                   "a result: " + describe(*list, 120));
    attach_rule(context, finding, *expected, {.accepted = true, .form = variant.fact_of("").evidence, .sent = arguments, .item = {}});
    if (const auto written = find_written_evidence(context, expect, "answer")) finding.evidence = *written;
    findings.push_back(std::move(finding));
    check.whole.answer = expected;
    check.whole.variant = &variant;
    return check;
  }
  check.whole = check_part(context, expect, Scope::call, element, expected, expect.pointer, "", arguments, std::nullopt);
  findings.insert(findings.end(), check.whole.findings.begin(), check.whole.findings.end());
  if (list == nullptr && expected == nullptr && !expect.items.empty()) {
    findings.push_back(
        make_finding_at(context, expect.pointer + "/items", "answer", "", "an answer for each item", describe(element, 120)));
    findings.back().evidence = find_written_evidence(context, expect, "answer").value_or(context.operation->fact.evidence);
  }
  return check;
}

Result<void> check_call_details(const JudgeContext& context, const CallCheck& check, Findings& all) {
  const auto& expect = check.call->step.expect;
  const auto add_contract = [&](const StepCheck& part, const std::string& prefix) {
    if (expect.contract_checked) static_cast<void>(append(all, with_location(context, part.contract_findings, expect), prefix));
  };
  add_contract(check.whole, "");
  for (std::size_t i = 0; i < check.items.size(); ++i) {
    const auto pointer = result_pointer(context, i);
    const auto& item = check.items[i];
    add_contract(item, pointer);
    const Json* body = i < expect.items.size() ? find_pointer(expect.items[i], "/body") : nullptr;
    if (body == nullptr) continue;
    const ExpectedValue wanted{.expect = expect, .aspect = "body", .part = item_part(expect, i) + "/body", .value = *body};
    if (auto done = append(all, match_part(context, wanted, &*item.body, item), pointer); !done) return done;
  }
  if (!expect.items.empty() && !check.items.empty() && expect.items.size() != check.items.size()) {
    all.push_back(make_finding_at(context, expect.pointer + "/items", "items", result_pointer(context),
                                  fmt::format("a list of {}", expect.items.size()), fmt::format("a list of {}", check.items.size())));
  }
  if (!expect.body) return {};
  const auto& whole = check.items.empty() ? check.whole : check.items.front();
  const ExpectedValue body{.expect = expect, .aspect = "body", .part = expect.pointer + "/body", .value = *expect.body};
  return append(all, match_part(context, body, &check.element, whole));
}

// Whether the expectation is about the exchange as a whole; then its calls are not judged one by one.
bool is_about_whole(const Expectation& expect) { return !expect.answer.empty() || !expect.transport.empty() || !expect.contract_checked; }

}  // namespace

Result<BatchCheck> check_batch_outcome(const JudgeContext& context, const Operation& unknown, const Expectation& expect,
                                       const Message& message, const TransportResult& result) {
  BatchCheck check;
  auto& exchange = check.exchange;
  if (result.outcome != Outcome::answered || is_about_whole(expect)) {
    auto outcome = check_outcome(context, expect, result, nullptr);
    if (!outcome) return tl::unexpected(outcome.error());
    exchange = std::move(*outcome);
    return check;
  }
  if (!read_body(context, expect, result, exchange)) return check;
  const Json status = result.response.status;
  const auto wanted = expect.status.value_or(Json(200));
  auto wrong_status =
      match_part(context, {.expect = expect, .aspect = "status", .part = expect.pointer + "/status", .value = wanted}, &status, exchange);
  if (!wrong_status) return tl::unexpected(wrong_status.error());
  const bool accepted = is_success(result);
  for (auto& finding : *wrong_status) {
    finding.code = "status";
    if (accepted && !find_written_evidence(context, expect, "status"))
      finding.evidence = Evidence::assumed;  // the calls have outcomes of their own
  }
  exchange.findings = std::move(*wrong_status);

  std::vector<const SentCall*> answering;
  for (const auto& call : message.calls) {
    if (call.is_answered()) answering.push_back(&call);
  }
  const bool is_readable = exchange.findings.empty() || accepted;
  if (is_readable && (!exchange.body || !exchange.body->is_array() || exchange.body->size() != answering.size())) {
    const auto actual = !exchange.body              ? describe_not_json(result, exchange.body.error())
                        : exchange.body->is_array() ? fmt::format("a list of {}", exchange.body->size())
                                                    : describe(*exchange.body);
    exchange.findings.push_back(make_finding_at(context, expect.pointer, exchange.body ? "elements" : "body-not-json", "",
                                                fmt::format("a list of {}, one for each call that answers", answering.size()), actual));
    exchange.findings.back().evidence = find_written_evidence(context, expect, "answer").value_or(Evidence::documented);
    exchange.ends_scenario = true;
  } else if (is_readable) {
    for (std::size_t i = 0; i < answering.size(); ++i)
      check.calls.push_back(check_call(context_of(context, *answering[i], unknown), *answering[i], (*exchange.body)[i], exchange.findings));
  }
  const auto ends = [](const CallCheck& call) {
    return call.whole.ends_scenario || std::ranges::any_of(call.items, &StepCheck::ends_scenario);
  };
  exchange.ends_scenario =
      exchange.ends_scenario || !is_readable || contradicts(exchange.findings, context.level) || std::ranges::any_of(check.calls, ends);
  return check;
}

Result<Findings> check_batch_details(const JudgeContext& context, const Operation& unknown, const Expectation& expect,
                                     const BatchCheck& check, const TransportResult& result) {
  Expectation outer = expect;
  outer.contract_checked = expect.contract_checked && is_about_whole(expect);  // the elements are checked one by one
  auto all = check_details(context, outer, check.exchange, result);
  if (!all) return all;
  if (expect.contract_checked && !outer.contract_checked && result.outcome == Outcome::answered)
    static_cast<void>(append(*all, with_location(context, check_form(result, check.exchange.form), expect)));
  for (const auto& call : check.calls) {
    if (auto done = check_call_details(context_of(context, *call.call, unknown), call, *all); !done) return tl::unexpected(done.error());
  }
  return all;
}

}  // namespace understudy
