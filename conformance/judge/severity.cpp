#include "conformance/judge/severity.h"

#include <algorithm>

namespace understudy {
namespace {

// Whether the row compares what was sent with records. exists_in is evaluated only for collections that the scenario seeds, or where its
// `always` holds.
bool needs_records(const JudgeContext& context, const Row& row, const Json& body) {
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

}  // namespace

void assign_severity(Findings& findings, bool strict) {
  for (auto& finding : findings) {
    const bool is_note = finding.evidence == Evidence::assumed && !strict && !finding.always_error;
    finding.severity = is_note ? Severity::note : Severity::error;
  }
}

std::optional<Finding> find_refusing_rule(const JudgeContext& context, const Json& sent, const ResponseDefinition* expected,
                                          std::optional<std::size_t> item) {
  const auto& operation = *context.operation;
  Json body = operation.binder != nullptr ? operation.binder->bind(sent).body : sent;
  const auto within = item ? join_pointer(operation.items, *item) : std::string();
  // Only a rule that refuses with the expected answer counts.
  const auto is_meant = [expected](const std::string& refuse) { return expected == nullptr || expected->name == refuse; };
  for (auto& finding : check_shape(*context.contract, operation, body)) {
    const bool in_item = within.empty() || finding.pointer.starts_with(within + "/") || finding.pointer == within;
    if (in_item && is_meant(operation.refusals.shape)) return finding;
  }
  if (item) {
    const Json* element = find_pointer(body, within);
    if (element == nullptr) return std::nullopt;
    body = Json(*element);
  }
  const RuleContext rules{.settings = *context.settings, .switches = *context.switches, .records = nullptr};
  auto broken = judge_rows(*context.contract, operation, body, rules);
  if (broken && is_meant(broken->row->refuse)) return std::move(broken->finding);
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

void attach_rule(const JudgeContext& context, Finding& finding, const ResponseDefinition& expected, const ResponseVariant& variant,
                 bool accepted, const Json* sent, std::optional<std::size_t> item) {
  finding.rule = context.contract->api + "." + expected.name;
  finding.source = variant.fact.source;
  finding.evidence = variant.fact.evidence;
  if (!expected.success && sent != nullptr) {
    if (const auto rule = find_refusing_rule(context, *sent, &expected, item)) {
      finding.rule = rule->rule;
      finding.source = rule->source;
      finding.message = rule->message;
      // Where another refusal came, only the form of the answer differs: its evidence counts.
      if (accepted) finding.evidence = rule->evidence;
    }
  }
  // Rejecting a valid request is always an error, whatever the evidence for the success response.
  finding.always_error = expected.success && !accepted;
}

}  // namespace understudy
