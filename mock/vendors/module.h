// The interface of a vendor's C++: a handler gets one decoded, bound and checked call, and names the answer. Whatever data can say
// belongs into contracts/<api>/ instead (docs/contracts.md).
#pragma once

#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/path_template.h"
#include "contracts/src/model/rules.h"
#include "mock/state/transaction.h"

namespace understudy {

struct HandlerCall {
  const Contract& contract;
  const Operation& operation;
  const Switches& switches;
  const Settings& settings;
  const Json& body;  // bound and checked; the item in an operation with items
  const PathParameters& path;
  const Json& query;  // bound query parameters by their documented names
  Transaction& store;
  Draws& env;
  Json* spare_body = nullptr;  // the body, where nothing needs it later
};

// The body for a record: moved where nothing needs it later. Call it once, when nothing can refuse the call any more.
inline Json take_body(const HandlerCall& call) { return call.spare_body != nullptr ? std::move(*call.spare_body) : call.body; }

// A path parameter; empty if the path has none of that name.
inline std::string path_parameter(const HandlerCall& call, const std::string& name) {
  const auto found = call.path.find(name);
  return found == call.path.end() ? std::string() : found->second;
}

// The answer, and what its templates may name besides the names of the engine: {record: ...}.
struct Outcome {
  std::string answer;
  Json context = {};
  Record record = nullptr;              // `record` in the templates, instead of a copy in the context
  RenderedObject rendered_record = {};  // the same, where they only show it as a whole
};

using Handler = Outcome (*)(const HandlerCall& call);

// Turns records as they are stored into what an answer shows of them, in place; called after the words of the contract.
using Show = void (*)(const HandlerCall& call, const std::vector<Json*>& records);
// By operation id or collection.
using Shows = std::map<std::string_view, Show>;

// Makes what templates see as the member `view` of a stored record.
using MakeView = Json (*)(const Contract& contract, const Json& record);

struct Module {
  // By operation id. A handler replaces the verb (`create`, `read`, ...) of the operation in the contract.
  std::map<std::string_view, Handler> handlers;
  Shows shows = {};
  std::map<std::string_view, MakeView> views = {};  // by operation id
};

const Module* find_module(const Contract& contract);  // null: the API has no C++

}  // namespace understudy
