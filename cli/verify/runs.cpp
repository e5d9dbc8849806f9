#include "cli/verify/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "cli/files.h"
#include "cli/inputs.h"

namespace understudy {
namespace {

// A job has two connections at most: the one that is kept, and one for a request that is framed by hand.
constexpr std::size_t kFilesOfJob = 4;

Result<Json> read_variables(const std::vector<std::string>& texts) {
  Json variables = Json::object();
  for (const auto& text : texts) {
    auto variable = parse_var(text);
    if (!variable) return tl::unexpected(usage_problem(variable.error().code, "--var: " + variable.error().message));
    variables[variable->first] = variable->second;
  }
  return variables;
}

// A variable that nothing uses is a misspelt one: the run would silently use another value.
std::optional<Problem> find_unused(const Json& variables, const std::vector<const ScenarioFile*>& files) {
  std::set<std::string> used;
  for (const ScenarioFile* file : files) {
    for (const auto& [name, pointer] : find_names(file->document.root)) used.insert(name);
    for (const auto& [name, value] : file->scenario.given.variables.items()) used.insert(name);
  }
  const std::vector<std::string> known(used.begin(), used.end());
  for (const auto& [name, value] : variables.items()) {
    if (!used.contains(name))
      return usage_problem("unused-variable",
                           "--var: found '" + name + "', which no scenario of this run uses" + did_you_mean(name, known));
  }
  return std::nullopt;
}

}  // namespace

Options input_options(InputOptions& options) {
  return {
      scenarios_option(options.paths),
      {"--run PATTERN", &options.selection.run, "Run only scenarios whose api/name matches. '*' and '?' are wildcards."},
      {"--skip PATTERN", &options.selection.skip, "Do not run these scenarios."},
      {"--label LABEL", &options.selection.labels, "Run only scenarios with one of these labels."},
      {"--var NAME=VALUE", &options.variables, "Set a variable, as name=value. It overrides the scenario's variable."},
      contracts_option(options.contracts),
  };
}

tl::expected<Inputs, std::vector<Problem>> read_inputs(const InputOptions& options) {
  const auto fail = [](Problem problem) { return tl::unexpected(std::vector<Problem>{std::move(problem)}); };
  auto contracts = load_contracts(options.contracts);
  if (!contracts) return fail(std::move(contracts.error()));
  auto collected = load_linted(options.paths, *contracts);
  if (!collected.problems.empty()) return tl::unexpected(std::move(collected.problems));
  auto variables = read_variables(options.variables);
  if (!variables) return fail(std::move(variables.error()));
  return Inputs{std::move(*contracts), std::move(collected), {}, std::move(*variables)};
}

Result<void> select_inputs(const InputOptions& options, Inputs& inputs) {
  auto selected = select_scenarios(inputs.collected.files, options.selection);
  if (!selected.unmatched.empty()) return tl::unexpected(usage_problem("matches-nothing", selected.unmatched.front()));
  if (auto unused = find_unused(inputs.variables, selected.files)) return tl::unexpected(std::move(*unused));
  inputs.files = std::move(selected.files);
  return {};
}

tl::expected<Inputs, std::vector<Problem>> load_inputs(const InputOptions& options) {
  auto inputs = read_inputs(options);
  if (!inputs) return inputs;
  if (auto selected = select_inputs(options, *inputs); !selected) return tl::unexpected(std::vector<Problem>{selected.error()});
  return inputs;
}

Result<std::unique_ptr<LocalMock>> open_local_mock(const Contracts& contracts, const Profile& profile, Target& target) {
  auto local = LocalMock::open(contracts, profile, 2);
  if (!local) return local;
  if (auto done = check_free_files(kFilesOfJob); !done) return tl::unexpected(done.error());
  const auto deadline = target.deadline;
  target = (*local)->target();
  target.deadline = deadline;
  return local;
}

std::size_t limit_local_jobs(std::size_t jobs) {
  return std::clamp<std::size_t>(count_free_files(jobs * kFilesOfJob) / kFilesOfJob, 1, jobs);
}

Result<std::vector<Profile>> read_target_profiles(const std::string& text, const Target& target, const Contracts& contracts) {
  if (text.empty()) return std::vector<Profile>{target.profile.value_or(Profile())};
  return read_profiles(text, contracts);
}

int exit_code_for_run(const Summary& summary, bool own_findings, int signal) {
  if (signal != 0) return 128 + signal;
  const auto has = [&](Failure failure) {
    return std::ranges::any_of(summary.problems, [&](const Problem& problem) { return problem.failure == failure; });
  };
  if (own_findings || has(Failure::internal)) return kOurBug;
  if (!summary.orphaned.empty() || has(Failure::unsafe)) return kUnsafe;
  if (has(Failure::bad_file)) return kBadFile;
  if (has(Failure::unreachable)) return kUnreachable;
  if (has(Failure::usage)) return kUsage;
  if (summary.counts.failed > 0) return kFindings;
  return summary.counts.passed + summary.counts.known == 0 ? kNothingRan : kPassed;
}

void report_unreachable(const Summary& summary) {
  const auto found = std::ranges::find(summary.problems, Failure::unreachable, &Problem::failure);
  if (found != summary.problems.end()) report_problem(*found);
}

}  // namespace understudy
