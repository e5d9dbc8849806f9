// What several commands read and report in the same way: contracts, scenarios, profiles, environment variables, problems.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "contracts/src/load/load.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

Option scenarios_option(std::vector<std::string>& paths);
Option contracts_option(std::string& folder);

const FileSet& embedded_files();
// The bundled contracts; a folder <api> below `folder` adds or replaces its API. Empty: the bundled ones alone.
Result<Contracts> load_contracts(const std::string& folder);
// The scenarios of the files and folders, or the bundled ones if there are none, each parsed and linted. Lists all mistakes.
Collected load_linted(const std::vector<std::string>& paths, const Contracts& contracts);
// `text`: the name of a profile, `all`, or {base: NAME, switch: value}.
Result<std::vector<Profile>> read_profiles(const std::string& text, const Contracts& contracts);
// `--level`; a usage problem if it is no level.
Result<Evidence> read_level(const std::string& text);
// Fails with code unknown-api; an empty name passes.
Result<void> check_api_name(const std::string& api, const Contracts& contracts);

std::string read_environment(const std::string& name);  // empty if the variable is not set

// A mistake in the command line itself.
Problem usage_problem(std::string code, std::string message);
int exit_code_for_problem(const Problem& problem);  // docs/command-line.md
// The first of 8, 5, 3, 4, 2, 1, 6, 7, 0 that is one of them; the exit code of a signal is graver than all.
int graver_exit_code(int left, int right);
// Prints each problem to standard error and returns the exit code of the gravest.
int report_problems(const std::vector<Problem>& problems);
int report_problem(const Problem& problem);

}  // namespace understudy
