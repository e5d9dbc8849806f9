// `understudy lint`: what is wrong with scenario files, judged against the contracts; nothing is sent.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/sources.h"

namespace understudy {
namespace {

struct LintOptions {
  std::vector<std::string> paths;
  std::string contracts;
};

int lint(const LintOptions& options) {
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return complain(contracts.error());
  const auto collected = load_linted(options.paths, *contracts);
  for (const auto& problem : collected.problems) std::cout << render_problem(problem) << "\n";
  std::cerr << collected.files.size() << (collected.files.size() == 1 ? " scenario, " : " scenarios, ") << collected.problems.size()
            << (collected.problems.size() == 1 ? " problem\n" : " problems\n");
  return collected.problems.empty() ? kPassed : kBadFile;
}

}  // namespace

Command add_lint(CLI::App& parent) {
  auto* app = parent.add_subcommand("lint", "Say what is wrong with scenario files, with file:line:column");
  auto options = std::make_shared<LintOptions>();
  app->add_option("scenarios", options->paths, "Scenario files or folders; left out: the bundled ones");
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  app->footer("Examples:\n  understudy lint\n  understudy lint my/scenarios --contracts my/contracts\n");
  return {app, [options] { return lint(*options); }};
}

}  // namespace understudy
