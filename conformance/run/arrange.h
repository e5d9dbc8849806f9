// Owns the question how the stage of a scenario is set on a target: by its admin API, by its provider states, by what is there
// already, by operations that make records, by waiting; and what is lacking. Doing it is session.h's business.
#pragma once

#include <string>
#include <vector>

#include "conformance/run/provider_states.h"
#include "conformance/run/run.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// Templates in it are filled when it is set.
struct StateToSet {
  State state;
  std::vector<std::string> returns;  // variables that its answer must give
  std::string pointer;               // in the scenario, for places
};

// A record of `given.records` that an operation of the contract can make.
struct RecordToMake {
  const Contract* contract = nullptr;
  const Collection* collection = nullptr;
  Json body;            // template tree
  std::string id_name;  // the variable that the record's id was written as; empty: none
  std::string pointer;
};

struct Arrangement {
  std::vector<std::string> lacks;  // "settings: given.settings"; empty: the run can go on
  std::vector<StateToSet> states;
  std::vector<RecordToMake> records;
  bool waits = false;  // time passes by waiting for it
};

Arrangement plan_arrangement(const Run& run, const RunContext& context, const Variables& variables);

// Whether a target that cannot be staged has the ability otherwise.
bool has_ability(const Target& target, std::string_view need);

}  // namespace understudy
