#include "scenarios/src/lint/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "scenarios/src/lint/parts.h"
#include "scenarios/src/match/match.h"

namespace understudy {

void LintContext::add(std::string_view pointer, std::string code, std::string message) {
  problems.push_back(file.document.problem(pointer, std::move(code), std::move(message)));
}

void LintContext::add_key(std::string_view pointer, std::string code, std::string message) {
  problems.push_back(file.document.key_problem(pointer, std::move(code), std::move(message)));
}

void LintContext::add_unknown(std::string_view pointer, bool at_key, std::string_view what, std::string_view name,
                              const std::vector<std::string>& known) {
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = known.empty() ? ", there is none" : fmt::format(", expected one of: {}", fmt::join(known, ", "));
  std::string code = fmt::format("unknown-{}", what);
  std::ranges::replace(code, ' ', '-');
  std::string message = fmt::format("found unknown {} '{}'{}", what, name, hint);
  if (at_key)
    add_key(pointer, std::move(code), std::move(message));
  else
    add(pointer, std::move(code), std::move(message));
}

void LintContext::add_matchers(const Json& tree, const std::string& pointer) {
  const auto problem = check_matchers(tree);
  if (!problem) return;
  if (problem->is_key)
    add_key(pointer + problem->pointer, problem->code, problem->message);
  else
    add(pointer + problem->pointer, problem->code, problem->message);
}

std::vector<std::string> LintContext::operation_names() const {
  std::vector<std::string> names;
  for (const Operation& operation : contract.operations) names.push_back(operation.id);
  for (const auto& other : contracts.apis) {
    if (other->api == contract.api) continue;
    for (const Operation& operation : other->operations) names.push_back(operation.name);
  }
  return names;
}

LintContext::Qualified LintContext::split(std::string_view name) const {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return {&contract, std::string(name)};
  return {contracts.find_api(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

const Contract& LintContext::contract_of(const Operation* operation) const {
  const Contract* found = operation == nullptr ? nullptr : contracts.contract_of(*operation);
  return found == nullptr ? contract : *found;
}

const Contract& LintContext::contract_of(const Step& step) const {
  const Operation* operation = find_operation(step.operation);
  for (const CallStep& call : step.calls)
    if (operation == nullptr) operation = find_operation(call.operation);
  return contract_of(operation);
}

const Step* LintContext::sent_step(const Step& step) const {
  const Step* sent = &step;
  for (std::size_t hops = 0; sent != nullptr && sent->kind == Step::Kind::repeat; ++hops) {
    const auto& steps = scenario().steps;
    const auto base = std::ranges::find_if(steps, [&](const Step& other) { return !other.name.empty() && other.name == sent->repeat_of; });
    sent = base == steps.end() || hops > steps.size() ? nullptr : &*base;
  }
  return sent;
}

std::vector<Problem> lint_scenario(const ScenarioFile& file, const Contracts& contracts) {
  const Contract* contract = contracts.find_api(file.scenario.api);
  if (contract == nullptr) {
    const std::vector<std::string> known = contracts.api_names();
    const std::string& api = file.scenario.api;
    const std::string hint = did_you_mean(api, known);
    return {file.document.problem(
        "/api", "unknown-api",
        fmt::format("found unknown API '{}'{}", api, hint.empty() ? fmt::format(", expected one of: {}", fmt::join(known, ", ")) : hint))};
  }
  LintContext context{.file = file, .contracts = contracts, .contract = *contract};
  lint_given(context);
  lint_faults(context);
  lint_steps(context);
  lint_expectations(context);
  lint_variables(context);
  lint_scalars(context);
  std::ranges::stable_sort(context.problems, [](const Problem& a, const Problem& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  return std::move(context.problems);
}

}  // namespace understudy
