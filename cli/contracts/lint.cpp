// `understudy lint`: checks scenario files against the contracts. It sends nothing.
#include <iostream>

#include "cli/commands.h"
#include "cli/inputs.h"

namespace understudy {
namespace {

struct LintOptions {
  std::vector<std::string> paths;
  std::string contracts;
};

int lint(const LintOptions& options) {
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return report_problem(contracts.error());
  const auto collected = load_linted(options.paths, *contracts);
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
          .run = [options] { return lint(*options); }};
}

}  // namespace understudy
