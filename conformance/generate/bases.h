// Where generated cases start: a step of a scenario that succeeds, with the steps before it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

struct Base {
  const Contract* contract = nullptr;
  const Operation* operation = nullptr;
  Json scenario;     // a scenario file as JSON without `each`; its last step sends the operation
  std::string step;  // JSON Pointer of that step: /steps/2
  std::string call;  // of the call of the operation: the step, or in a batch /steps/2/calls/0

  Evidence evidence = Evidence::documented;  // how well the scenario says that it is known to succeed
  std::string body;                          // of what its schema describes: the body without its wrapper, or the arguments of a call
  std::size_t number = 1;                    // among the bases of the operation, from 1
};

// The bases of each operation, the best first: few steps before it, nothing arranged that a foreign server may lack, many members. Further
// ones, at most two, send members, truth values or lists of several elements that the ones before do not. Empty `operations`: of all.
// Operations of which no scenario has a success are left out.
std::vector<Base> find_bases(const std::vector<ScenarioFile>& files, const Contracts& contracts, const std::set<std::string>& operations);

}  // namespace understudy
