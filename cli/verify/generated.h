// `verify --generate`: adds scenarios made from the contracts, makes the failing ones smaller, and saves them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/verify/runs.h"
#include "cli/verify/verify_options.h"
#include "conformance/run/suite.h"

namespace understudy {

// Makes scenarios from those of `inputs` for each profile, and adds them. Without operations in `suite`: for every operation; of a target
// on this machine for those that do not look missing when they are called once.
Result<void> add_generated(const VerifyOptions& options, const SuiteOptions& suite, const Target& target, Inputs& inputs);

// Collects the failed runs of generated scenarios; after the run, shrink_failures() looks for the smallest request that fails.
class GeneratedFailures final : public Reporter {
 public:
  void begin(const RunInfo&) override {}
  void add(const Verdict& verdict) override;
  bool shows_passed_messages() const override { return false; }
  void end(const Summary&) override {}

  // Of the first failure of each operation and finding, at most five. Sends more requests to the target. Prints each smallest request to
  // standard error and puts it into the scenario.
  void shrink(Inputs& inputs, const RunContext& context, const SuiteOptions& suite) const;

 private:
  struct Failed {
    std::string file, row, profile;
  };
  std::map<std::string, Failed> first_;  // by operation, code and pointer of the finding
};

// Writes the generated scenarios to DIR/<api>/. Fails with code output-unwritable.
Result<void> save_generated(const std::string& folder, const Inputs& inputs);

}  // namespace understudy
