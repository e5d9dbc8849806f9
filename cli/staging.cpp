#include "cli/staging.h"

#include "scenarios/src/collect.h"
#include "scenarios/src/given.h"
#include "scenarios/src/lint.h"
#include "scenarios/src/staged.h"

namespace understudy {
Result<std::size_t> stage_paths(Mock& mock, const Contracts& contracts, const std::vector<std::string>& paths) {
  if (paths.empty()) return 0;
  const Collected collected = load_scenarios(paths);
  if (!collected.problems.empty()) return tl::unexpected(collected.problems.front());
  if (auto claimed = find_claimed_twice(collected.files)) return tl::unexpected(*std::move(claimed));
  for (const ScenarioFile& file : collected.files) {
    const std::vector<Problem> problems = lint_scenario(file, contracts);
    if (!problems.empty()) return tl::unexpected(problems.front());
    auto document = render_given(file, staged_variables(file.scenario));
    if (!document) return tl::unexpected(document.error());
    if (const auto staged = mock.stage(file.scenario.stem, *document); !staged) {
      return tl::unexpected(file.document.problem("/given", staged.error().code, staged.error().message));
    }
  }
  return collected.files.size();
}

}  // namespace understudy
