// `understudy lint`: checks scenario files against the contracts. It sends nothing.
#include "cli/contracts/lint.h"

#include <iostream>
#include <set>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "mock/mock.h"
#include "scenarios/src/model/given.h"
#include "scenarios/src/model/staged.h"

namespace understudy {

void add_staging_problems(Collected& collected, const Contracts& contracts) {
  Mock mock(contracts, {.demo = false});
  std::set<std::string> wrong;
  for (const auto& problem : collected.problems) wrong.insert(problem.place.file);
  for (const auto& file : collected.files) {
    const auto given = render_given(file, staged_variables(file.scenario));
    if (!given || file.scenario.given.records.empty() || wrong.contains(file.scenario.file)) continue;  // a row may be missing
    if (const auto staged = mock.stage("lint", *given); !staged)
      collected.problems.push_back(file.document.problem("/given" + staged.error().pointer, staged.error().code, staged.error().message));
  }
}

namespace {

struct LintOptions {
  std::vector<std::string> paths;
  std::string contracts;
};

int lint(const LintOptions& options) {
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return report_problem(contracts.error());
  auto collected = load_linted(options.paths, *contracts);
  add_staging_problems(collected, *contracts);
  for (const auto& problem : collected.problems) std::cout << render_problem(problem) << "\n";
  std::cerr << collected.files.size() << (collected.files.size() == 1 ? " scenario, " : " scenarios, ") << collected.problems.size()
            << (collected.problems.size() == 1 ? " problem\n" : " problems\n");
  return collected.problems.empty() ? kPassed : kBadFile;
}

}  // namespace

Command make_lint_command() {
  auto options = std::make_shared<LintOptions>();
  return {.name = "lint",
          .about = "Check scenario files, and report each mistake with file, line and column.",
          .options = {scenarios_option(options->paths), contracts_option(options->contracts)},
          .examples = "Examples:\n  understudy lint\n  understudy lint my/scenarios --contracts my/contracts\n",
          .exits = {kBadFile},
          .run = [options] { return lint(*options); }};
}

}  // namespace understudy
