// Owns the options of `understudy verify` and their words on the command line; what they do is verify.cpp's business.
#pragma once

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "cli/verify/safety.h"
#include "cli/verify/target_options.h"
#include "scenarios/src/model/collect.h"

namespace CLI {
class App;
}

namespace understudy {

struct VerifyOptions {
  std::vector<std::string> paths, variables;
  std::string contracts, profile, known_failing, report_json, report_ndjson, report_junit, report_html;
  TargetOptions target;
  SafetyOptions safety;
  Selection selection;
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::uint64_t seed = 0;
  std::size_t repeat = 1;
  bool plan = false, check_determinism = false;
  bool has_seed = false, shuffle = false, fail_fast = false, strict = false, verbose = false, coverage = false, report_github = false;
  double min_coverage = 0;  // of what is documented, 0 to 1
};

void add_verify_options(CLI::App& app, VerifyOptions& options);

}  // namespace understudy
