// What the checks of this folder share: the scenario, look-ups in contracts, and the list of problems.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/contract.h"
#include "scenarios/src/lint/lint.h"

namespace understudy {

struct LintContext {
  const ScenarioFile& file;
  const Contracts& contracts;
  const Contract& contract;  // of the scenario's api
  std::vector<Problem> problems = {};

  void add(std::string_view pointer, std::string code, std::string message);
  void add_key(std::string_view pointer, std::string code, std::string message);
  // "found unknown <what> 'x' (did you mean 'y'?)", or with the whole list if nothing is near.
  void add_unknown(std::string_view pointer, bool at_key, std::string_view what, std::string_view name,
                   const std::vector<std::string>& known);

  // Adds the first mistake in the matchers of the tree at the pointer.
  void add_matchers(const Json& tree, const std::string& pointer);

  const Scenario& scenario() const { return file.scenario; }
  const Json* find(std::string_view pointer) const { return find_pointer(file.document.root, pointer); }
  // "x" is of the scenario's API, "veeqo.x" of another; the contract is null if there is no such API.
  struct Qualified {
    const Contract* contract;
    std::string name;
  };
  Qualified split(std::string_view name) const;
  const Operation* find_operation(std::string_view name) const { return contracts.find_operation(name, contract.api); }
  // As a scenario may write them: without the api's name if it is the scenario's.
  std::vector<std::string> operation_names() const;
  const Contract& contract_of(const Operation* operation) const;
  // The contract of the step's operation, else of its first call, else of the scenario.
  const Contract& contract_of(const Step& step) const;
  // The step whose request is sent: for a repeat the first of the chain; null: the chain leads nowhere.
  const Step* sent_step(const Step& step) const;
};

void lint_given(LintContext& context);
void lint_faults(LintContext& context);
void lint_steps(LintContext& context);
void lint_expectations(LintContext& context);
void lint_variables(LintContext& context);
void lint_scalars(LintContext& context);

}  // namespace understudy
