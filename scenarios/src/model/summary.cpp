#include "scenarios/src/model/summary.h"

#include <algorithm>

#include "contracts/src/model/check.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/expand.h"

namespace understudy {
namespace {

bool only_reads(const Step& step, const std::string& api, const Contracts& contracts) {
  const auto* operation = contracts.find_operation(step.operation, api);
  return operation != nullptr && (operation->perform == Perform::read || operation->perform == Perform::list);
}

// Adds the levels of one expectation. `written`: the evidence of the step, its row or the scenario.
void add_levels(std::set<Evidence>& levels, const Expectation& expect, const std::optional<Evidence>& written, const Contract& contract,
                const Operation* operation) {
  for (const auto& [aspect, evidence] : expect.evidence) levels.insert(evidence);
  if (!expect.evidence.empty()) return;
  if (written) {
    levels.insert(*written);
    return;
  }
  const auto* answer = contract.find_response(expect.answer);
  if (operation == nullptr && answer == nullptr) return;
  const auto known = operation != nullptr ? *operation : Operation{};
  if (answer == nullptr) {
    levels.insert(known.fact.evidence);
    return;
  }
  const auto switches = resolve_profile(Profile(), contract);
  levels.insert(evidence_of_status(known, pick_variant(*answer, switches), switches));
}

}  // namespace

bool only_inspects(const Step& step, const std::vector<Step>& steps, const std::string& api, const Contracts& contracts) {
  const auto writes = [&](const Step& one) { return one.kind != Step::Kind::advance && !only_reads(one, api, contracts); };
  return only_reads(step, api, contracts) && std::ranges::any_of(steps, writes);
}

ScenarioSummary summarize(const Scenario& scenario, const Contracts& contracts) {
  ScenarioSummary summary;
  const Contract* contract = contracts.find_api(scenario.api);
  if (contract == nullptr) return summary;
  const auto find = [&](const std::string& name) { return contracts.find_operation(name, scenario.api); };
  for (const auto& run : expand_scenario(scenario)) {
    for (const Step& step : run.steps) {
      if (step.kind == Step::Kind::advance) continue;
      const auto* operation = find(step.operation);
      const bool inspects = only_inspects(step, run.steps, scenario.api, contracts);
      if (operation != nullptr) (inspects ? summary.inspecting : summary.operations).insert(operation->name);
      const auto written = step.evidence ? step.evidence : scenario.evidence;
      if (step.calls.empty()) add_levels(summary.levels, step.expect, written, *contract, operation);
      for (const CallStep& call : step.calls) {
        if (find(call.operation) != nullptr) summary.operations.insert(find(call.operation)->name);
        add_levels(summary.levels, call.expect, written, *contract, find(call.operation));
      }
    }
  }
  for (const auto& name : summary.operations) summary.inspecting.erase(name);
  return summary;
}

}  // namespace understudy
