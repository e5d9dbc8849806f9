#include "conformance/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "conformance/judge/severity.h"
#include "scenarios/src/match/match.h"

namespace understudy {
namespace {

std::string describe_outcome(const TransportResult& result) {
  if (result.outcome == Outcome::answered) return fmt::format("status {}", result.response.status);
  if (result.outcome == Outcome::timeout && result.response.status != 0)
    return fmt::format("an answer that does not end (status {}, {} bytes of the body, then nothing)", result.response.status,
                       result.response.body.size());
  return result.detail.empty() ? std::string(to_string(result.outcome)) : fmt::format("{} ({})", to_string(result.outcome), result.detail);
}

bool is_accepted(const Response& response) { return response.status >= 200 && response.status < 300; }

// The response as an answer of the contract, if it is a valid one.
std::string describe_actual(const JudgeContext& context, const Response& response, const Judgement& nearest) {
  if (nearest.answer == nullptr || !nearest.findings.empty()) return fmt::format("status {}", response.status);
  return describe_answer(*nearest.answer, *nearest.variant, *context.switches);
}

// A refusal of the runner's own credential is one cause for each operation, whatever was expected of the request.
void name_refused_credential(const JudgeContext& context, const Response& response, Finding& finding) {
  const auto* refusal = context.contract->find_response(context.operation->refusals.credentials);
  if (!context.own_credential || refusal == nullptr) return;
  if (response.status != status_of(pick_variant(*refusal, *context.switches), *context.switches)) return;
  const bool is_token = context.contract->credentials.kind == Credentials::Kind::bearer_token;
  finding.code = "credential";
  finding.rule = context.operation->name;
  finding.expected = is_token ? "the runner's own token to be accepted until it expires" : "the runner's own key to be accepted";
  finding.message.clear();
}

void check_answer(const JudgeContext& context, const Expectation& expect, const Response& response, const Json* sent, StepCheck& check) {
  const auto* expected = context.contract->find_response(expect.answer);
  if (expected == nullptr || expected->scope != Scope::exchange) return;  // lint reports it
  auto judgement = check_response(*context.contract, *context.operation, *context.switches, response, expected, context.level, &check.body);
  const auto nearest =
      check_response(*context.contract, *context.operation, *context.switches, response, nullptr, context.level, &check.body);
  const bool nearest_fits = nearest.answer != nullptr && !contradicts(nearest.findings, context.level);
  const bool wrong_status = response.status != status_of(*judgement.variant, *context.switches);
  // Only an answer that is known well enough can be the one that came instead.
  const bool is_another = contradicts(judgement.findings, context.level) && nearest_fits && nearest.answer != expected &&
                          nearest.variant->fact.evidence <= context.level && nearest.findings.size() < judgement.findings.size();
  check.answer = expected;
  check.variant = judgement.variant;
  if (!wrong_status && !is_another) {
    check.contract_findings = std::move(judgement.findings);
    return;
  }
  auto finding =
      make_finding(context.document->place(expect.pointer + "/answer"), wrong_status ? "status" : "answer", "",
                   describe_answer(*expected, *judgement.variant, *context.switches), describe_actual(context, response, nearest));
  const bool accepted = nearest_fits ? nearest.answer->success : is_accepted(response);
  attach_rule(context, finding, *expected,
              {.accepted = accepted, .form = strongest_evidence(judgement.findings), .sent = sent, .item = {}});
  if (const auto written = find_written_evidence(context, expect, "answer")) finding.evidence = *written;
  if (expected->name != context.operation->refusals.credentials) name_refused_credential(context, response, finding);
  check.is_comparable = wrong_status && accepted == expected->success;
  check.ends_scenario = !is_premise_kept(context, finding, expected->success, accepted);
  check.findings.push_back(std::move(finding));
  if (check.is_comparable) {
    judgement.findings.erase(judgement.findings.begin());  // the status
    check.contract_findings = std::move(judgement.findings);
  }
}

// The strongest evidence of an answer with this status; of the operation, if it has none.
Evidence strongest_of_status(const JudgeContext& context, const Json& status) {
  std::optional<Evidence> strongest;
  for (const auto& name : context.operation->answers) {
    const auto* answer = context.contract->find_response(name);
    if (answer == nullptr || answer->scope != Scope::exchange) continue;
    const auto& variant = pick_variant(*answer, *context.switches);
    if (Json(status_of(variant, *context.switches)) != status) continue;
    const auto evidence = evidence_of_status(*context.operation, variant, *context.switches);
    strongest = std::min(strongest.value_or(evidence), evidence);
  }
  return strongest.value_or(context.operation->fact.evidence);
}

Result<void> check_status(const JudgeContext& context, const Expectation& expect, const Response& response, const Json* sent,
                          StepCheck& check) {
  auto nearest = check_response(*context.contract, *context.operation, *context.switches, response, nullptr, context.level, &check.body);
  check.answer = nearest.answer;
  check.variant = nearest.variant;
  check.contract_findings = std::move(nearest.findings);
  if (!expect.status) {
    // Unknown response: stop the scenario.
    check.ends_scenario = expect.contract_checked && nearest.answer == nullptr;
    return {};
  }
  const Json status = response.status;
  auto findings = match_part(context, {.expect = expect, .aspect = "status", .part = expect.pointer + "/status", .value = *expect.status},
                             &status, check);
  if (!findings) return tl::unexpected(findings.error());
  // A status alone names no answer; an expected refusal is about the rule that should have refused.
  const bool refusal = expect.status->is_number_integer() && expect.status->get<std::int64_t>() >= 400;
  for (auto& finding : *findings) {
    finding.code = "status";
    const auto rule =
        refusal && is_accepted(response) && sent != nullptr ? find_refusing_rule(context, *sent, nullptr) : std::optional<Finding>();
    if (rule) {
      finding.rule = rule->rule;
      finding.source = rule->source;
      finding.message = rule->message;
    }
    finding.evidence =
        find_written_evidence(context, expect, "status").value_or(rule ? rule->evidence : strongest_of_status(context, *expect.status));
    name_refused_credential(context, response, finding);
    check.ends_scenario = !is_premise_kept(context, finding, !refusal, is_accepted(response));
    check.is_comparable = !check.ends_scenario;
    check.findings.push_back(std::move(finding));
  }
  return {};
}

Json lines_of(const Response& response, const std::string& name) {
  Json lines = Json::array();
  for (const auto& header : response.headers) {
    if (equals_ignore_case(header.name, name)) lines.push_back(header.value);
  }
  return lines;
}

// A header may have several lines (RFC 9110 section 5.3): what is expected matches one of them, all of them in one, or their list.
Result<Findings> match_lines(const JudgeContext& context, const ExpectedValue& expected, const Json& lines, const StepCheck& check) {
  if (lines.empty()) return match_part(context, expected, nullptr, check);
  if (lines.size() == 1 && !expected.value.is_array()) return match_part(context, expected, &lines.front(), check);
  std::string joined;
  for (const auto& line : lines) joined += (joined.empty() ? "" : ", ") + line.get_ref<const std::string&>();
  std::vector<Json> candidates(lines.begin(), lines.end());
  candidates.emplace_back(std::move(joined));
  candidates.push_back(lines);
  if (!expected.value.is_array()) std::swap(candidates.back(), candidates[lines.size()]);  // the last one is reported
  Result<Findings> findings;
  for (const auto& candidate : candidates) {
    findings = match_part(context, expected, &candidate, check);
    if (!findings || findings->empty()) return findings;
  }
  return findings;
}

Result<Findings> match_headers(const JudgeContext& context, const Expectation& expect, const StepCheck& check, const Response& response) {
  Findings all;
  for (const auto& [name, expected] : expect.headers->items()) {
    const ExpectedValue header{
        .expect = expect, .aspect = "header " + to_lower(name), .part = join_pointer(expect.pointer + "/headers", name), .value = expected};
    auto findings = match_lines(context, header, lines_of(response, name), check);
    if (!findings) return findings;
    for (auto& finding : *findings) {
      finding.code = "header";
      finding.pointer = name;
      all.push_back(std::move(finding));
    }
  }
  return all;
}

// The body may contain the text of the reason phrase instead: proxies and HTTP/2 drop the phrase.
Result<Findings> match_reason(const JudgeContext& context, const Expectation& expect, const StepCheck& check, const Response& response) {
  const Json reason = response.reason;
  auto findings = match_part(context, {.expect = expect, .aspect = "reason", .part = expect.pointer + "/reason", .value = *expect.reason},
                             &reason, check);
  if (!findings || findings->empty()) return findings;
  if (const auto wanted = context.variables->render(*expect.reason); wanted && wanted->is_string()) {
    if (response.body.find(wanted->get<std::string>()) != std::string::npos) return Findings{};
  }
  for (auto& finding : *findings) finding.code = "reason";
  return findings;
}

Result<Findings> match_body(const JudgeContext& context, const Expectation& expect, const StepCheck& check, const TransportResult& result) {
  const auto part = expect.pointer + "/body";
  const ExpectedValue body{.expect = expect, .aspect = "body", .part = part, .value = *expect.body};
  if (check.body) return match_part(context, body, &*check.body, check, result.response.body);
  Findings findings = {
      make_finding(context.document->place(part), "body-not-json", "", "a JSON text", describe_not_json(result, check.body.error()))};
  const auto written = find_written_evidence(context, expect, "body");
  auto& finding = findings.front();
  finding.evidence = written.value_or(Evidence::documented);
  if (check.variant == nullptr) return findings;
  const auto fact = check.variant->fact_of("body");
  finding.rule = context.contract->api + "." + check.answer->name;
  finding.source = fact.source;
  if (!written) finding.evidence = fact.evidence;
  return findings;
}

}  // namespace

Finding make_finding(const Place& place, std::string code, std::string pointer, std::string expected, std::string actual) {
  Finding finding;
  finding.code = std::move(code);
  finding.pointer = std::move(pointer);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.place = place;
  return finding;
}

Result<void> append(Findings& all, Result<Findings> more, const std::string& prefix) {
  if (!more) return tl::unexpected(more.error());
  for (auto& finding : *more) {
    finding.pointer = prefix + finding.pointer;
    all.push_back(std::move(finding));
  }
  return {};
}

std::string describe_answer(const ResponseDefinition& answer, const ResponseVariant& variant, const Switches& switches) {
  if (answer.scope != Scope::exchange) return fmt::format("answer {}", answer.name);
  return fmt::format("answer {} (status {})", answer.name, status_of(variant, switches));
}

Operation make_operation(const Contract& contract, std::vector<std::string> answers) {
  Operation operation;
  operation.id = "request";
  operation.name = contract.api + ".request";
  for (auto& name : answers) {
    if (!name.empty() && contract.find_response(name) != nullptr) operation.answers.push_back(std::move(name));
  }
  operation.refusals = contract.refusals;
  return operation;
}

std::optional<Evidence> find_written_evidence(const JudgeContext& context, const Expectation& expect, std::string_view aspect) {
  for (auto name = std::string(aspect); !name.empty(); name.resize(name.starts_with("/") ? name.rfind('/') : 0)) {
    if (const auto found = expect.evidence.find(name); found != expect.evidence.end()) return found->second;
  }
  const auto general = expect.evidence.find(aspect.starts_with("/") ? "body" : aspect.starts_with("header ") ? "headers" : "");
  if (general != expect.evidence.end()) return general->second;
  const auto whole = expect.evidence.find("");
  return whole != expect.evidence.end() ? whole->second : context.evidence;
}

Findings with_location(const JudgeContext& context, Findings findings, const Expectation& expect) {
  const auto written = find_written_evidence(context, expect, "");
  for (auto& finding : findings) {
    finding.place = context.document->place(expect.pointer);
    if (written) finding.evidence = weaker_of(finding.evidence, *written);
  }
  return findings;
}

Evidence strongest_evidence(const Findings& findings) {
  const auto found = std::ranges::min_element(findings, {}, &Finding::evidence);
  return found == findings.end() ? Evidence::assumed : found->evidence;
}

bool is_premise_kept(const JudgeContext& context, const Finding& finding, bool success_expected, bool accepted) {
  return finding.evidence > context.level && !success_expected && !accepted;
}

Result<Findings> match_part(const JudgeContext& context, const ExpectedValue& expected, const Json* actual, const StepCheck& check,
                            std::string_view source) {
  const auto& part = expected.part;
  auto rendered = context.variables->render(expected.value);
  if (!rendered && context.has_failed) return Findings{};
  if (!rendered)
    return tl::unexpected(context.document->problem(part + rendered.error().pointer, "undefined-name", render_undefined(rendered.error())));
  const MatchOptions options{.source = source,
                             .place = [&](std::string_view pointer) { return context.document->place(part + std::string(pointer)); }};
  auto findings = match_value(*rendered, actual, "", options);
  const bool is_body = expected.aspect == "body";
  for (auto& finding : findings) {
    if (finding.place.file.empty()) finding.place = context.document->place(part);
    const auto written =
        find_written_evidence(context, expected.expect, is_body && !finding.pointer.empty() ? finding.pointer : expected.aspect);
    if (check.variant != nullptr) {
      // That a member is there and has its type is another statement than that it has this value.
      const bool is_form = finding.code == "match.missing" || finding.code == "match.type";
      const auto fact = check.variant->fact_of(is_body ? (is_form ? "" : "value ") + generalise_pointer(finding.pointer) : expected.aspect);
      finding.rule = context.contract->api + "." + check.answer->name;
      finding.source = fact.source;
      finding.evidence = weaker_of(fact.evidence, context.operation->fact.evidence);
    }
    if (written) finding.evidence = *written;
  }
  return findings;
}

bool read_body(const JudgeContext& context, const Expectation& expect, const TransportResult& result, StepCheck& check) {
  check.body = parse_answer(result.response.body, context.answer_limit, check.form);
  check.ends_scenario = !check.body && check.body.error().is_limit;
  if (check.ends_scenario)
    check.findings.push_back(make_finding(context.document->place(expect.pointer), "answer-limit", "", "an answer that is read whole",
                                          check.body.error().message + " (--answer-limit raises it)"));
  return !check.ends_scenario;
}

Result<StepCheck> check_outcome(const JudgeContext& context, const Expectation& expect, const TransportResult& result, const Json* sent) {
  StepCheck check;
  const bool answer_expected = expect.transport.empty();
  if ((answer_expected ? "answered" : expect.transport) != to_string(result.outcome)) {
    check.findings.push_back(make_finding(context.document->place(answer_expected ? expect.pointer : expect.pointer + "/transport"),
                                          "transport", "", answer_expected ? "an answer" : expect.transport, describe_outcome(result)));
    check.ends_scenario = true;
    return check;
  }
  if (result.outcome != Outcome::answered) return check;
  if (!read_body(context, expect, result, check)) return check;
  if (!expect.answer.empty()) {
    check_answer(context, expect, result.response, sent, check);
  } else if (auto done = check_status(context, expect, result.response, sent, check); !done) {
    return tl::unexpected(done.error());
  }
  return check;
}

Result<Findings> check_details(const JudgeContext& context, const Expectation& expect, const StepCheck& check,
                               const TransportResult& result) {
  Findings all;
  if (result.outcome != Outcome::answered) return all;
  const auto& response = result.response;
  if (expect.contract_checked) {
    all = with_location(context, check.contract_findings, expect);
    std::ranges::move(with_location(context, check_form(result, check.form), expect), std::back_inserter(all));
  } else if ((expect.body || expect.text) && !result.undecoded.empty()) {
    all = with_location(context, check_form({.undecoded = result.undecoded}, {}), expect);  // clients do not see this body
  }
  Result<void> done;
  if (expect.reason) done = append(all, match_reason(context, expect, check, response));
  if (done && expect.headers) done = append(all, match_headers(context, expect, check, response));
  const bool is_reported = std::ranges::any_of(all, [](const Finding& finding) { return finding.code == "body-not-json"; });
  if (done && expect.body && !is_reported) done = append(all, match_body(context, expect, check, result));
  if (done && expect.text) {
    const Json text = response.body;
    done = append(all, match_part(context, {.expect = expect, .aspect = "text", .part = expect.pointer + "/text", .value = *expect.text},
                                  &text, check));
  }
  if (!done) return tl::unexpected(done.error());
  return all;
}

}  // namespace understudy
