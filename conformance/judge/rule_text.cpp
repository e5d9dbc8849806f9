#include "conformance/judge/rule_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/model/contract.h"

namespace understudy {
namespace {

std::string words_of(const Row& row) {
  auto text = fmt::format("{} {}", row.written_at().empty() ? "the body" : row.written_at(), to_string(row.verb));
  if (!row.argument.is_null()) text += " " + render_json(row.argument);
  for (const auto& condition : row.when) text += fmt::format(", when {} is {}", condition.name, render_json(condition.is));
  return text;
}

std::string words_of(const ResponseDefinition& answer) {
  std::string text;
  for (const auto& variant : answer.variants) {
    if (!text.empty()) text += "; or ";
    text += "status " + render_json(variant.status);
    if (!variant.reason.is_null()) text += ", reason " + render_json(variant.reason);
    for (const auto& [name, value] : variant.when_switch) text += fmt::format(", where {} is {}", name, render_json(value));
  }
  return fmt::format("answer {}: {}", answer.name, text);
}

std::string because_of(const ResponseDefinition& answer, const std::string& source) {
  const auto found = std::ranges::find_if(
      answer.variants, [&](const ResponseVariant& variant) { return variant.fact.source == source && !variant.fact.because.empty(); });
  return found == answer.variants.end() ? std::string() : found->fact.because;
}

RuleText find_in(const Contract& contract, const std::string& id, const Finding& finding) {
  for (const auto& operation : contract.operations) {
    for (const auto& row : operation.rows) {
      if (row.id == id) return {.says = words_of(row), .because = row.fact.because, .place = row.place};
    }
  }
  if (const auto* answer = contract.find_response(id)) {
    RuleText text{.says = words_of(*answer), .because = because_of(*answer, finding.source), .place = answer->place};
    if (!finding.schema_pointer.empty()) text.place = contract.schema_place(finding.schema_pointer);
    return text;
  }
  if (!finding.schema_pointer.empty()) return {.place = contract.schema_place(finding.schema_pointer)};
  const auto* operation = contract.find_operation(id.substr(0, id.find('#')));
  if (operation == nullptr) return {};
  return {.because = operation->fact.because, .place = operation->place};
}

}  // namespace

RuleText find_rule_text(const Contracts& contracts, const Finding& finding) {
  const auto dot = finding.rule.find('.');
  if (dot == std::string::npos) return {};
  const auto* contract = contracts.find_api(finding.rule.substr(0, dot));
  return contract == nullptr ? RuleText() : find_in(*contract, finding.rule.substr(dot + 1), finding);
}

}  // namespace understudy
