// The plan of a run: every request that would be sent, in order, as far as it is known before any response. Nothing is sent; a value that
// a response will give is shown as its {{name}}.
#pragma once

#include <string>
#include <vector>

#include "conformance/run/run.h"

namespace understudy {

struct PlannedRequest {
  std::string step;       // "step 1 (create)", "login", "record /given/records/...", "cleanup 1"
  std::string operation;  // empty: the step names its own method and path
  bool is_write = false;
  Request request;   // the target is the whole URL; without secrets
  std::string note;  // "up to 5 times, every 2s"; empty: once
};

struct Plan {
  std::string name;  // <api>/<file stem>, with the row
  std::string profile;
  std::string skipped;  // why nothing would be sent; empty: it would run
  std::vector<PlannedRequest> requests;
};

// Fails with its place where a step cannot be composed (a file is missing), as running it would.
Result<Plan> plan_run(const Run& run, const RunContext& context);

std::string render_plan(const Plan& plan);

}  // namespace understudy
