// One call on its way through the engine: Call says what was asked and for whom, Trace records what was decided and stored, and the
// stages return Reply or Rejection. One exchange has one call; a batch has one for the exchange and one for each of its elements.
#pragma once

#include "contracts/src/model/router.h"
#include "mock/engine/policy.h"
#include "mock/state/tenant.h"

namespace understudy {

// The credential of a request, read from where its contract carries it. Members that the request does not have are empty.
struct PresentedCredential {
  std::string username, password;  // in a token request or a batch
  std::string key;
  std::string_view token;  // in the request, which outlives it
};

struct Caller;

// Lives on the stack, under the tenant's lock. Copies are cheap: all members refer to the exchange.
struct Call {
  const Request& request;
  const Route& route;  // of the exchange
  const Contract& contract;
  const Operation* operation;  // null: the route found none, or the call is a whole batch
  const Json& query;           // bound query parameters by their documented names
  const PresentedCredential& presented;
  const Policy& policy;
  Tenant& tenant;
  const ApiState& state;
  Draws& env;  // the tenant's time, and its ids and randomness in this API
  // The bound body, or the item. Null: templates have no `request`. Rows (`ignored`, `becomes`) rewrite it before it is performed.
  Json* body = nullptr;
  bool may_take_body = false;      // nothing needs the body after it was performed, unless a template shows it
  const Caller* caller = nullptr;  // null: unknown
  Json* arguments = nullptr;       // of a call in a batch, with the items that were not performed yet; null: the same as the body

  std::string_view operation_name() const { return operation == nullptr ? std::string_view() : std::string_view(operation->name); }
  const Refusals& refusals() const { return operation == nullptr ? contract.refusals : operation->refusals; }
};

// What happened in an exchange, in order. It only grows.
struct Trace {
  Decisions decisions;
  RecordWrites committed;
  std::string fault, phase;   // of the last fault that was applied
  std::string limit_reached;  // the bound that a call of a batch would pass, as a sentence; empty: none
};

// A successful call, or one that a handler refused: the answer, and what its templates may name.
struct Reply {
  std::string answer;
  Json context = {};
  Record record = nullptr;              // `record` in the templates, instead of a copy in the context; null: the context may have one
  RenderedObject rendered_record = {};  // `record`, where the templates only show it as a whole
  Json view = {};                       // `record.view` in the templates; null: a member of the record
  RenderedObject request = {};          // `request` in the templates, where its value has moved into the record
  EvaluatedRules evaluated_rules = {};
};

// A refused call. The first finding words the answer.
struct Rejection {
  std::string answer;
  Findings findings = {};
  std::string rule;  // for the journal: id of the row or implicit row, or the stage
  Place place = {};
  EvaluatedRules evaluated_rules = {};  // rows that held before one was broken
};

using CallResult = tl::expected<Reply, Rejection>;

}  // namespace understudy
