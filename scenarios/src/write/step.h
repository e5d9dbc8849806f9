// Requests that were seen, as steps of scenarios: to be sent again, or to be pasted into a file. Credentials are left out because the
// runner sends its own. What the scenario language would read differently is in $literal.
#pragma once

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/path_template.h"

namespace understudy {

struct SeenRequest {
  const Contract& contract;
  const Operation* operation = nullptr;  // null: no operation of the contract
  PathParameters path = {};              // parameters of the operation's path
  const Request& request;                // with a target below the API's base
  bool is_cut = false;                   // the end of the body is missing: it is left out
};

// {"send", "with"}, {"calls"} or, without an operation, {"request"}.
Json make_step(const SeenRequest& seen);
// One element of `steps`, or of another list of steps: YAML ending in a newline, with the operation or request first.
std::string render_step(const Json& step);
// A text of which braces are no templates.
Json protect_text(const std::string& text);

}  // namespace understudy
