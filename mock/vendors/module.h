// Owns what a vendor's C++ may do: a handler sees one decoded, bound and judged call and names the answer. Everything that two
// lines of data can say belongs to contracts/<api>/ instead (docs/contracts.md).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/rules.h"
#include "mock/state/store.h"

namespace understudy {

struct Call {
  const Contract& contract;
  const Operation& operation;
  const Switches& switches;
  const Settings& settings;
  const Json& body;       // bound, shape and rows proved; the item in an operation with items
  const Json& arguments;  // a batch call's whole arguments; otherwise the same as body
  const std::map<std::string, std::string>& path;
  const Json& query;  // bound query parameters by their documented names
  Transaction& store;
  Env& env;
};

// Which answer, and what its templates may name besides the walk's own context: {record: ...}.
struct Outcome {
  std::string answer;
  Json context = Json::object();
};

using Handler = Outcome (*)(const Call& call);

// Handlers by operation id. `create`, `read`, ... of the contract run without one; a handler of the same operation replaces it.
using Module = std::map<std::string_view, Handler>;

const Module* find_module(std::string_view api);  // null: all of it is data

}  // namespace understudy
