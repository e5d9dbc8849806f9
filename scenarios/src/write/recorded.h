// A recording as a scenario that can be played again: what the server chose becomes captures, what the client chose and may be used once
// becomes variables, what differs each time becomes matchers.
#pragma once

#include <set>

#include "contracts/src/har/har.h"
#include "contracts/src/model/contract.h"

namespace understudy {

struct RecordedScenario {
  std::string text;                             // YAML; empty: no exchange was left
  std::size_t steps = 0, raw = 0;               // raw: of calls that are no operation of the contract
  std::map<std::string, std::size_t> left_out;  // exchanges by reason: "no response came"
  std::set<std::string> credentials;            // "header Authorization is {{api_key}}": what the caller must provide
};

// The exchanges in the order of their time, with targets below the API's base.
RecordedScenario make_recorded_scenario(const Contract& contract, const std::vector<Exchange>& exchanges, const std::string& title);

}  // namespace understudy
