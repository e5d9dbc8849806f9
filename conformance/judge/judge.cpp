#include "conformance/judge/judge.h"

#include <fmt/format.h>

#include "conformance/judge/severity.h"
#include "scenarios/src/match/match.h"

namespace understudy {
namespace {

Finding make_finding(const Bench& bench, std::string code, std::string expected, std::string actual, const std::string& part) {
  Finding finding;
  finding.code = std::move(code);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.place = bench.document.place(part);
  return finding;
}

std::string describe_outcome(const TransportResult& result) {
  if (result.outcome == Outcome::answered) return fmt::format("status {}", result.response.status);
  return result.detail.empty() ? std::string(to_string(result.outcome)) : fmt::format("{} ({})", to_string(result.outcome), result.detail);
}

bool is_accepted(const Response& response) { return response.status >= 200 && response.status < 300; }

// What came, in the contract's words if it has some for it.
std::string describe_actual(const Bench& bench, const Response& response, const Judgement& nearest) {
  if (nearest.answer == nullptr || !nearest.findings.empty()) return fmt::format("status {}", response.status);
  return describe_answer(*nearest.answer, *nearest.variant, bench.switches);
}

void look_for_answer(const Bench& bench, const Expectation& expect, const Response& response, const Json* sent, Look& look) {
  const auto* expected = bench.contract.find_response(expect.answer);
  if (expected == nullptr || expected->scope != Scope::exchange) return;  // lint has said so
  auto judgement = check_response(bench.contract, bench.operation, bench.switches, response, expected);
  const auto nearest = check_response(bench.contract, bench.operation, bench.switches, response);
  const bool wrong_status = response.status != status_of(*judgement.variant, bench.switches);
  const bool is_another =
      !judgement.findings.empty() && nearest.answer != nullptr && nearest.answer != expected && nearest.findings.empty();
  look.answer = expected;
  look.variant = judgement.variant;
  if (!wrong_status && !is_another) {
    look.contract_findings = std::move(judgement.findings);
    return;
  }
  auto finding = make_finding(bench, wrong_status ? "status" : "answer", describe_answer(*expected, *judgement.variant, bench.switches),
                              describe_actual(bench, response, nearest), expect.pointer + "/answer");
  const bool accepted = nearest.answer != nullptr && nearest.findings.empty() ? nearest.answer->success : is_accepted(response);
  weigh(bench, finding, expected, judgement.variant, accepted, sent);
  look.findings.push_back(std::move(finding));
  look.over = true;
}

Result<void> look_for_status(const Bench& bench, const Expectation& expect, const Response& response, const Json* sent, Look& look) {
  auto nearest = check_response(bench.contract, bench.operation, bench.switches, response);
  look.answer = nearest.answer;
  look.variant = nearest.variant;
  look.contract_findings = std::move(nearest.findings);
  if (!expect.status) {
    // An answer that no one foresaw leaves nothing to go on with.
    look.over = expect.contract_checked && nearest.answer == nullptr;
    return {};
  }
  const Json status = response.status;
  auto findings = match_part(bench, expect.pointer + "/status", *expect.status, &status, look);
  if (!findings) return tl::unexpected(findings.error());
  for (auto& finding : *findings) {
    finding.code = "status";
    finding.severity = Severity::error;
    // The literal says only a number: the contract's refusal with that number tells whose rule it is.
    const bool refusal = expect.status->is_number_integer() && expect.status->get<std::int64_t>() >= 400;
    if (refusal && is_accepted(response) && sent != nullptr) {
      if (const auto rule = find_refusing_rule(bench, *sent, nullptr)) {
        finding.rule = rule->rule;
        finding.source = rule->source;
        finding.message = rule->message;
        finding.evidence = rule->evidence;
        finding.severity = severity_of(rule->evidence, bench.strict);
      }
    }
    look.findings.push_back(std::move(finding));
    look.over = true;
  }
  return {};
}

Result<void> add_part(Findings& all, Result<Findings> part) {
  if (!part) return tl::unexpected(part.error());
  all.insert(all.end(), std::make_move_iterator(part->begin()), std::make_move_iterator(part->end()));
  return {};
}

Result<Findings> match_headers(const Bench& bench, const Expectation& expect, const Look& look, const Response& response) {
  Findings all;
  for (const auto& [name, expected] : expect.headers->items()) {
    const auto value = find_header(response.headers, name);
    const Json actual = value ? Json(*value) : Json();
    auto findings = match_part(bench, join_pointer(expect.pointer + "/headers", name), expected, value ? &actual : nullptr, look);
    if (!findings) return findings;
    for (auto& finding : *findings) {
      finding.code = "header";
      finding.pointer = name;
      all.push_back(std::move(finding));
    }
  }
  return all;
}

// The text of a reason phrase may stand in the body instead: proxies and HTTP/2 drop it.
Result<Findings> match_reason(const Bench& bench, const Expectation& expect, const Look& look, const Response& response) {
  const Json reason = response.reason;
  auto findings = match_part(bench, expect.pointer + "/reason", *expect.reason, &reason, look);
  if (!findings || findings->empty()) return findings;
  if (const auto wanted = bench.variables.render(*expect.reason); wanted && wanted->is_string()) {
    if (response.body.find(wanted->get<std::string>()) != std::string::npos) return Findings{};
  }
  for (auto& finding : *findings) finding.code = "reason";
  return findings;
}

Result<Findings> match_body(const Bench& bench, const Expectation& expect, const Look& look, const Response& response) {
  const auto part = expect.pointer + "/body";
  if (look.body) return match_part(bench, part, *expect.body, &*look.body, look, response.body);
  auto finding = make_finding(bench, "body-not-json", "a JSON text",
                              response.body.empty() ? "an empty body" : describe(Json(response.body.substr(0, 200))), part);
  finding.severity = Severity::error;
  return Findings{std::move(finding)};
}

}  // namespace

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

Findings placed(const Bench& bench, Findings findings, const Expectation& expect) {
  for (auto& finding : findings) {
    finding.place = bench.document.place(expect.pointer);
    finding.severity = severity_of(finding.evidence, bench.strict);
  }
  return findings;
}

Result<Findings> match_part(const Bench& bench, const std::string& part, const Json& expected, const Json* actual, const Look& look,
                            std::string_view source) {
  auto rendered = bench.variables.render(expected);
  if (!rendered && bench.decided) return Findings{};
  if (!rendered)
    return tl::unexpected(bench.document.problem(part + rendered.error().pointer, "undefined-name", render_undefined(rendered.error())));
  const MatchOptions options{.source = source,
                             .place = [&](std::string_view pointer) { return bench.document.place(part + std::string(pointer)); }};
  auto findings = match_value(*rendered, actual, "", options);
  for (auto& finding : findings) {
    if (finding.place.file.empty()) finding.place = bench.document.place(part);
    if (look.variant != nullptr) {
      finding.rule = bench.contract.api + "." + look.answer->name;
      finding.source = look.variant->fact.source;
      finding.evidence = look.variant->fact.evidence;
    }
    finding.severity = severity_of(finding.evidence, bench.strict);
  }
  return findings;
}

Result<Look> look_first(const Bench& bench, const Expectation& expect, const TransportResult& result, const Json* sent) {
  Look look;
  const std::string wanted = expect.transport.empty() ? "answered" : expect.transport;
  if (wanted != to_string(result.outcome)) {
    look.findings.push_back(make_finding(bench, "transport", expect.transport.empty() ? "an answer" : expect.transport,
                                         describe_outcome(result),
                                         expect.transport.empty() ? expect.pointer : expect.pointer + "/transport"));
    look.over = true;
    return look;
  }
  if (result.outcome != Outcome::answered) return look;
  if (auto body = parse_json(result.response.body)) look.body = std::move(*body);
  if (!expect.answer.empty()) {
    look_for_answer(bench, expect, result.response, sent, look);
  } else if (auto done = look_for_status(bench, expect, result.response, sent, look); !done) {
    return tl::unexpected(done.error());
  }
  return look;
}

Result<Findings> look_closer(const Bench& bench, const Expectation& expect, const Look& look, const TransportResult& result) {
  Findings all;
  if (result.outcome != Outcome::answered) return all;
  const auto& response = result.response;
  if (expect.contract_checked) all = placed(bench, look.contract_findings, expect);
  Result<void> done;
  if (expect.reason) done = add_part(all, match_reason(bench, expect, look, response));
  if (done && expect.headers) done = add_part(all, match_headers(bench, expect, look, response));
  if (done && expect.body) done = add_part(all, match_body(bench, expect, look, response));
  if (done && expect.text) {
    const Json text = response.body;
    done = add_part(all, match_part(bench, expect.pointer + "/text", *expect.text, &text, look));
  }
  if (!done) return tl::unexpected(done.error());
  return all;
}

}  // namespace understudy
