#include "cli/options.h"

#include <algorithm>
#include <array>
#include <iostream>

#include "cli/commands.h"
#include "cli/sources.h"
#include "scenarios/src/lint/lint.h"

namespace understudy {

Collected load_linted(const std::vector<std::string>& paths, const Contracts& contracts) {
  auto collected = paths.empty() ? parse_scenarios(bundled_file_set_of_binary()) : load_scenarios(paths);
  for (const auto& file : collected.files) {
    for (auto& problem : lint_scenario(file, contracts)) collected.problems.push_back(std::move(problem));
  }
  return collected;
}

Problem usage(std::string code, std::string message) { return make_problem(Failure::usage, std::move(code), std::move(message)); }

int complain(const std::vector<Problem>& problems) {
  constexpr std::array<int, 5> kOrder = {kOurBug, kUnsafe, kBadFile, kUnreachable, kUsage};
  std::size_t worst = kOrder.size();
  for (const auto& problem : problems) {
    std::cerr << render_problem(problem) << "\n";
    const auto rank = std::find(kOrder.begin(), kOrder.end(), exit_of(problem)) - kOrder.begin();
    worst = std::min(worst, static_cast<std::size_t>(rank));
  }
  return worst < kOrder.size() ? kOrder[worst] : kPassed;
}

int complain(const Problem& problem) { return complain(std::vector<Problem>{problem}); }

}  // namespace understudy
