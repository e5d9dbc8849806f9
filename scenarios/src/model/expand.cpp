#include "scenarios/src/model/expand.h"

#include "scenarios/src/model/parse.h"

namespace understudy {
namespace {

std::string with_row(const std::string& name, const std::string& row) { return (name.empty() ? "" : name + " ") + "[" + row + "]"; }

std::vector<Step> expand_steps(const std::vector<Step>& steps) {
  std::vector<Step> expanded;
  for (const Step& step : steps) {
    if (step.each.empty()) expanded.push_back(step);
    for (const EachRow& row : step.each) {
      Step one = step;
      one.each.clear();
      one.name = with_row(step.name, row.name);
      one.variables = row.variables;
      if (row.evidence) one.evidence = row.evidence;
      expanded.push_back(std::move(one));
    }
  }
  return expanded;
}

}  // namespace

std::vector<ScenarioRun> expand_scenario(const Scenario& scenario) {
  const auto steps = expand_steps(scenario.steps);
  std::vector<ScenarioRun> runs;
  for (const EachRow& row : scenario.each) {
    runs.push_back({.row = row.name, .variables = row.variables, .steps = steps});
    for (Step& step : runs.back().steps) {
      if (!step.evidence) step.evidence = row.evidence;
    }
  }
  if (runs.empty()) runs.push_back({.variables = Json::object(), .steps = steps});
  return runs;
}

std::string run_name(const Scenario& scenario, const ScenarioRun& run) {
  return run.row.empty() ? scenario_name(scenario) : with_row(scenario_name(scenario), run.row);
}

}  // namespace understudy
