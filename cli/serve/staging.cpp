#include "cli/serve/staging.h"

#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/given.h"
#include "scenarios/src/model/staged.h"

namespace understudy {
Staging read_staging(const std::vector<std::string>& paths, const Contracts& contracts) {
  Staging staging;
  if (paths.empty()) return staging;
  Collected collected = load_scenarios(paths);
  staging.problems = std::move(collected.problems);
  for (ScenarioFile& file : collected.files) {
    auto problems = lint_scenario(file, contracts);
    const bool is_sound = problems.empty();
    for (auto& problem : problems) staging.problems.push_back(std::move(problem));
    const std::string tenant = file.scenario.stem;
    if (const auto owner = staging.files.find(tenant); owner != staging.files.end()) {
      staging.problems.push_back(claimed_before(file, owner->second));
      continue;
    }
    if (is_sound) {
      auto document = render_given(file, staged_variables(file.scenario));
      if (document)
        staging.given[tenant] = std::move(*document);
      else
        staging.problems.push_back(std::move(document.error()));
    }
    staging.files.emplace(tenant, std::move(file));
  }
  return staging;
}

}  // namespace understudy
