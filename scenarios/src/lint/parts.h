// Owns what the parts of lint share: the scenario under judgement, the look-ups in contracts, and the list of mistakes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/contract.h"
#include "scenarios/src/lint/lint.h"

namespace understudy {

struct Linting {
  const ScenarioFile& file;
  const Contracts& contracts;
  const Contract& contract;  // of the scenario's api
  std::vector<Problem> problems = {};

  void add(std::string_view pointer, std::string code, std::string message);
  void add_key(std::string_view pointer, std::string code, std::string message);
  // "found unknown <what> 'x' (did you mean 'y'?)", or with the whole list if nothing is near.
  void add_unknown(std::string_view pointer, bool at_key, std::string_view what, std::string_view name,
                   const std::vector<std::string>& known);

  // The first mistake in the matchers of a tree that stands at the pointer.
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
  // As a scenario may write them: without the api where it is its own.
  std::vector<std::string> operation_names() const;
  const Contract& contract_of(const Operation* operation) const;
  // Of a step: of its operation, of its first call, or the scenario's.
  const Contract& contract_of(const Step& step) const;
  // The step whose request is sent: of a repeat the one at the start of the chain; null if it leads nowhere.
  const Step* sent_step(const Step& step) const;
};

void lint_given(Linting& linting);
void lint_faults(Linting& linting);
void lint_steps(Linting& linting);
void lint_expectations(Linting& linting);
void lint_variables(Linting& linting);
void lint_scalars(Linting& linting);

}  // namespace understudy
