// Sends provider states to a URL in the format of Pact's verifiers: one POST to set a state up, one to tear it down.
#pragma once

#include <string>

#include "conformance/target/target.h"
#include "conformance/target/transport.h"
#include "contracts/src/base/json.h"

namespace understudy {

struct State {
  std::string name;
  Json params = Json::object();
};

// Sends {"state": name, "params": {...}, "action": "setup" or "teardown"}. Returns the JSON object of the response; an empty one if it has
// none. Fails with failure unreachable, or with code state-refused where the status is not 2xx.
Result<Json> send_state(Transport& transport, const Target& target, const State& state, const char* action);

}  // namespace understudy
