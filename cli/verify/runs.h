// What `verify` and `compare` share: which scenarios run with which variables, the mock in this process, exit codes of a run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/local_mock.h"
#include "conformance/run/suite.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

struct InputOptions {
  std::vector<std::string> paths, variables;
  std::string contracts;
  Selection selection;
};
Options input_options(InputOptions& options);

struct Inputs {
  Contracts contracts;
  Collected collected;
  std::vector<const ScenarioFile*> files;  // the selected ones of `collected`
  Json variables;
};
// Fails with every mistake of the scenario files, or with failure usage for the rest.
tl::expected<Inputs, std::vector<Problem>> load_inputs(const InputOptions& options);
// The two parts of it, for callers that add scenarios in between. read_inputs() leaves `files` empty; select_inputs() fails where a pattern
// or a variable is for nothing.
tl::expected<Inputs, std::vector<Problem>> read_inputs(const InputOptions& options);
Result<void> select_inputs(const InputOptions& options, Inputs& inputs);

// Starts a mock in this process and makes it the target; of `target`, the deadline stays. Fails with code too-few-files if nothing could
// connect to it.
Result<std::unique_ptr<LocalMock>> open_local_mock(const Contracts& contracts, const Profile& profile, Target& target);

// As many of `jobs` as there are files for: both ends of each connection are in this process.
std::size_t limit_local_jobs(std::size_t jobs);

// The profiles that `text` names; if it is empty, the profile of the target file, else the documented one.
Result<std::vector<Profile>> read_target_profiles(const std::string& text, const Target& target, const Contracts& contracts);

// Of 8, 5, 3, 4, 2, 1, 7 the first that applies. `own_findings`: the mock in this process broke its own contract. `signal`: the signal
// that ended the run, or 0.
int exit_code_for_run(const Summary& summary, bool own_findings, int signal);

// Prints once that the target could not be reached, if so; verdicts do not repeat it.
void report_unreachable(const Summary& summary);

}  // namespace understudy
