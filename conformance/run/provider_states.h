// Owns the talk with a provider-states URL, in the shape that Pact's verifiers made known: one POST for each state, to set it up
// and to tear it down. Which states a run needs is arrange.h's business.
#pragma once

#include <string>

#include "conformance/target/target.h"
#include "conformance/target/transport.h"
#include "contracts/src/base/json.h"

namespace understudy {

// A state with its parameters: {"state": name, "params": {...}, "action": "setup" or "teardown"}.
struct State {
  std::string name;
  Json params = Json::object();
};

class StateSetter {
 public:
  StateSetter(Transport& transport, const ProviderStates& where, Milliseconds deadline)
      : transport_(&transport), where_(&where), deadline_(deadline) {}

  // What the answer gives: its JSON object, else an empty one. Fails with failure unreachable, or with code state-refused where
  // the answer is no success.
  Result<Json> set_up(const State& state) { return call(state, "setup"); }
  Result<void> tear_down(const State& state);

 private:
  Result<Json> call(const State& state, const char* action);

  Transport* transport_;
  const ProviderStates* where_;
  Milliseconds deadline_;
};

}  // namespace understudy
