// The options of `understudy verify`.
#pragma once

#include <algorithm>
#include <string>
#include <thread>

#include "cli/commands.h"
#include "cli/verify/runs.h"
#include "cli/verify/safety.h"
#include "cli/verify/target_options.h"

namespace understudy {

struct VerifyOptions {
  InputOptions inputs;
  std::vector<std::string> operations;
  std::string from, api;  // a recording, judged instead of a target; of one API only
  std::string profile, level, known_failing, report_json, report_ndjson, report_junit, report_html, report_claim;
  TargetOptions target;
  SafetyOptions safety;
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::optional<std::size_t> seed;
  std::size_t repeat = 1;
  bool plan = false, check_determinism = false;
  std::string color = "auto";
  bool shuffle = false, fail_fast = false, strict = false, verbose = false, coverage = false, report_github = false;
  bool require_all = false, quiet = false;
  bool generate = false;
  std::size_t generate_limit = 100;
  std::string generate_to;
  double min_coverage = 0;  // of what is documented, 0 to 1
};

Options verify_options(VerifyOptions& options);

}  // namespace understudy
