#include "conformance/judge/severity.h"

#include <algorithm>

namespace understudy {
namespace {

Finding from_row(const Bench& bench, const Row& row, std::string message) {
  Finding finding;
  finding.code = to_string(row.verb);
  finding.rule = bench.contract.api + "." + row.id;
  finding.source = row.fact.source;
  finding.evidence = row.fact.evidence;
  finding.message = std::move(message);
  return finding;
}

// Does the row ask records about what was sent? exists_in asks only of collections that the scenario seeds, or always by a switch.
bool asks_records(const Bench& bench, const Row& row, const Json& body) {
  if (row.verb != Verb::unique_in && row.verb != Verb::exists_in) return false;
  const auto places = expand_pointer(body, row.at);
  const bool sent =
      std::any_of(places.begin(), places.end(), [&](const std::string& place) { return find_pointer(body, place) != nullptr; });
  if (!sent || row.verb == Verb::unique_in || bench.records == nullptr) return sent;
  if (bench.records->contains(row.argument.value("collection", ""))) return true;
  const auto always = row.argument.find("always");
  if (always == row.argument.end()) return false;
  const auto value = bench.switches.find(always->value("switch", ""));
  return value != bench.switches.end() && json_equal(value->second, always->value("is", Json(true)));
}

}  // namespace

Severity severity_of(Evidence evidence, bool strict) { return evidence == Evidence::assumed && !strict ? Severity::note : Severity::error; }

std::optional<Finding> find_refusing_rule(const Bench& bench, const Json& sent, const ResponseDefinition* expected,
                                          std::optional<std::size_t> item) {
  const auto& operation = bench.operation;
  Json body = operation.binder != nullptr ? operation.binder->bind(sent).body : sent;
  const auto within = item ? join_pointer(operation.items, *item) : std::string();
  // A rule that refuses with another answer is not the one that was to refuse.
  const auto is_meant = [expected](const std::string& refuse) { return expected == nullptr || expected->name == refuse; };
  for (auto& finding : check_shape(bench.contract, operation, body)) {
    const bool in_item = within.empty() || finding.pointer.starts_with(within + "/") || finding.pointer == within;
    if (in_item && is_meant(operation.refusals.shape)) return finding;
  }
  Json judged = body;
  if (item) {
    const Json* element = find_pointer(body, within);
    if (element == nullptr) return std::nullopt;
    judged = *element;
  }
  const RuleContext context{.settings = bench.settings, .switches = bench.switches, .records = nullptr};
  auto broken = judge_rows(bench.contract, operation, judged, context);
  if (broken && is_meant(broken->row->refuse)) return std::move(broken->finding);
  for (const auto& row : operation.rows) {
    if (expected != nullptr && row.refuse == expected->name && asks_records(bench, row, judged)) return from_row(bench, row, row.message);
  }
  return std::nullopt;
}

void weigh(const Bench& bench, Finding& finding, const ResponseDefinition* expected, const ResponseVariant* variant, bool accepted,
           const Json* sent, std::optional<std::size_t> item) {
  if (expected != nullptr) finding.rule = bench.contract.api + "." + expected->name;
  if (variant != nullptr) {
    finding.source = variant->fact.source;
    finding.evidence = variant->fact.evidence;
  }
  const bool refusal_expected = expected != nullptr && !expected->success;
  if (refusal_expected && sent != nullptr) {
    if (const auto rule = find_refusing_rule(bench, *sent, expected, item)) {
      finding.rule = rule->rule;
      finding.source = rule->source;
      finding.message = rule->message;
      // Refused in another way is about the form of the answer, whose evidence is kept.
      if (accepted) finding.evidence = rule->evidence;
    }
  }
  // To refuse what no rule of the contract refuses is wrong however sure we are of the success's form.
  const bool refused_for_nothing = expected != nullptr && expected->success && !accepted;
  finding.severity = refused_for_nothing ? Severity::error : severity_of(finding.evidence, bench.strict);
}

}  // namespace understudy
