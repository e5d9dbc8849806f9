#include "conformance/judge/severity.h"

#include <algorithm>

namespace understudy {
namespace {

// Whether the row compares what was sent with records. exists_in is evaluated only for collections that the scenario seeds, or where its
// `always` holds.
bool needs_records(const JudgeContext& context, const Row& row, const Json& body) {
  if (row.about_record || std::ranges::any_of(row.when, &Condition::about_record)) return true;
  if (row.verb != Verb::unique_in && row.verb != Verb::exists_in) return false;
  const auto is_sent = [&body](const std::string& pointer) { return find_pointer(body, pointer) != nullptr; };
  if (!std::ranges::any_of(expand_pointer(body, row.at), is_sent)) return false;
  if (row.verb == Verb::unique_in || context.records == nullptr) return true;
  if (context.records->contains(row.argument.value("collection", ""))) return true;
  const auto always = row.argument.find("always");
  if (always == row.argument.end()) return false;
  const auto value = context.switches->find(always->value("switch", ""));
  return value != context.switches->end() && json_equal(value->second, always->value("is", Json(true)));
}

// With its settings the target refuses the request, whatever else it does.
bool is_refused_by_setting(const JudgeContext& context, const Json& sent, std::optional<std::size_t> item) {
  const auto& operation = *context.operation;
  Json body = operation.binder != nullptr ? operation.binder->bind(sent) : sent;
  if (item) {
    const Json* element = find_pointer(body, join_pointer(operation.items, *item));
    if (element == nullptr) return false;
    body = Json(*element);
  }
  constexpr std::size_t kMostRows = 100;
  const RuleContext rules{.settings = *context.settings, .switches = *context.switches, .records = nullptr};
  const auto depends = [](const Condition& one) { return one.kind == Condition::Kind::setting; };
  return std::ranges::any_of(find_broken_rows(*context.contract, operation, body, rules, kMostRows),
                             [&](const auto& broken) { return std::ranges::any_of(broken.row->when, depends); });
}

}  // namespace

void assign_severity(Findings& findings, Evidence level) {
  for (auto& finding : findings) finding.severity = finding.evidence <= level ? Severity::error : Severity::note;
}

std::optional<Finding> find_refusing_rule(const JudgeContext& context, const Json& sent, const ResponseDefinition* expected,
                                          std::optional<std::size_t> item) {
  const auto& operation = *context.operation;
  Json body = operation.binder != nullptr ? operation.binder->bind(sent) : sent;
  const auto within = item ? join_pointer(operation.items, *item) : std::string();
  // Only a rule that refuses with the expected answer counts. Which of the answers to a wrong body comes is a matter of their order.
  const auto is_about_body = [&](const std::string& name) { return name == operation.refusals.shape || name == operation.refusals.rows; };
  const auto is_meant = [&](const std::string& refuse) {
    return expected == nullptr || expected->name == refuse || (is_about_body(refuse) && is_about_body(expected->name));
  };
  Findings broken;
  for (auto& finding : check_shape(*context.contract, operation, body)) {
    const bool in_item = within.empty() || finding.pointer.starts_with(within + "/") || finding.pointer == within;
    if (in_item && is_meant(operation.refusals.shape)) broken.push_back(std::move(finding));
  }
  if (item) {
    const Json* element = find_pointer(body, within);
    if (element == nullptr) return std::nullopt;
    body = Json(*element);
  }
  constexpr std::size_t kMostRows = 100;
  const RuleContext rules{.settings = *context.settings, .switches = *context.switches, .records = nullptr};
  for (auto& row : find_broken_rows(*context.contract, operation, body, rules, kMostRows)) {
    if (is_meant(row.row->refuse)) broken.push_back(std::move(row.finding));
  }
  if (!broken.empty()) return *std::ranges::min_element(broken, {}, &Finding::evidence);
  for (const auto& row : operation.rows) {
    if (expected == nullptr || row.refuse != expected->name || !needs_records(context, row, body)) continue;
    Finding finding;
    finding.code = to_string(row.verb);
    finding.rule = context.contract->api + "." + row.id;
    finding.source = row.fact.source;
    finding.evidence = row.fact.evidence;
    finding.message = row.message;
    return finding;
  }
  return std::nullopt;
}

void attach_rule(const JudgeContext& context, Finding& finding, const ResponseDefinition& expected, const WrongAnswer& wrong) {
  const auto& variant = pick_variant(expected, *context.switches);
  finding.rule = context.contract->api + "." + expected.name;
  finding.source = variant.fact_of("status").source;
  // A success instead of a refusal, or the reverse, is not about the form: it contradicts the meaning of the answer.
  if (wrong.accepted == expected.success)
    finding.evidence = wrong.form;
  else if (expected.success)
    finding.evidence = evidence_of_status(*context.operation, variant, *context.switches);
  else
    finding.evidence = weaker_of(variant.fact.evidence, context.operation->fact.evidence);
  if (wrong.sent == nullptr) return;
  if (expected.success) {
    if (!wrong.accepted && is_refused_by_setting(context, *wrong.sent, wrong.item)) finding.evidence = Evidence::assumed;
    return;
  }
  const auto rule = find_refusing_rule(context, *wrong.sent, &expected, wrong.item);
  if (!rule) return;
  finding.rule = rule->rule;
  finding.source = rule->source;
  finding.message = rule->message;
  finding.evidence = wrong.accepted ? rule->evidence : weaker_of(rule->evidence, wrong.form);
}

}  // namespace understudy
