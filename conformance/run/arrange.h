// Decides how the `given` of a scenario is arranged on a target: by the admin API, by provider states, by what exists there already, by
// operations that make records, or by waiting; and what of it the target does not support. session.h carries the plan out.
#pragma once

#include <string>
#include <vector>

#include "conformance/run/provider_states.h"
#include "conformance/run/run.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// Its templates are filled when it is set.
struct StateToSet {
  State state;
  std::vector<std::string> returns;  // variables that the response must give
  std::string pointer;               // in the scenario, for places
};

// A record of `given.records` that an operation of the contract can make.
struct RecordToMake {
  const Contract* contract = nullptr;
  const Collection* collection = nullptr;
  Json body = Json::object();  // template tree
  std::string id_name;         // the variable that gets the record's id; empty: none
  std::string pointer;
};

struct MadeRecord {
  const RecordToMake* plan = nullptr;
  Json id;
};

struct Arrangement {
  std::vector<std::string> unsupported;  // "settings: given.settings"; empty: the run can start
  std::vector<StateToSet> states;
  std::vector<RecordToMake> records;
  bool waits = false;  // time passes only by waiting
};

Arrangement plan_arrangement(const Run& run, const RunContext& context, const Variables& variables);

}  // namespace understudy
