#include "cli/staging.h"

#include <map>

#include "scenarios/src/collect.h"
#include "scenarios/src/lint.h"
#include "scenarios/src/variables.h"

namespace understudy {
namespace {

Problem at_given(const ScenarioFile& file, std::string code, std::string message) {
  return file.document.problem("/given", std::move(code), std::move(message));
}

// What PUT /__admin/tenants/{name} would be given for this scenario.
Result<Json> given_document(const ScenarioFile& file) {
  const Scenario& scenario = file.scenario;
  Variables variables;
  variables.set_run(scenario.given.seed.value_or(1));
  variables.set("username", scenario.stem);
  variables.set("password", "demo");
  variables.set("api_key", scenario.stem);
  variables.set_templates(scenario.given.variables);
  Json document = {{"api", scenario.api}};
  if (!scenario.given.profile.is_null()) document["profile"] = scenario.given.profile;
  if (scenario.given.clock) document["clock"] = render_rfc3339_millis(*scenario.given.clock);
  if (scenario.given.seed) document["seed"] = *scenario.given.seed;
  if (!scenario.given.limits.is_null()) document["limits"] = scenario.given.limits;
  const std::pair<const char*, const Json*> parts[] = {{"ids", &scenario.given.ids},
                                                       {"settings", &scenario.given.settings},
                                                       {"records", &scenario.given.records},
                                                       {"faults", &scenario.given.faults}};
  for (const auto& [name, part] : parts) {
    auto rendered = variables.render_sent(*part);
    if (!rendered) return tl::unexpected(at_given(file, "undefined-name", render_undefined(rendered.error())));
    document[name] = std::move(*rendered);
  }
  return document;
}

}  // namespace

Result<std::size_t> stage_paths(Mock& mock, const Contracts& contracts, const std::vector<std::string>& paths) {
  if (paths.empty()) return 0;
  const Collected collected = load_scenarios(paths);
  if (!collected.problems.empty()) return tl::unexpected(collected.problems.front());
  std::map<std::string, std::string> owners;
  for (const ScenarioFile& file : collected.files) {
    const std::vector<Problem> problems = lint_scenario(file, contracts);
    if (!problems.empty()) return tl::unexpected(problems.front());
    const auto [owner, is_new] = owners.try_emplace(file.scenario.stem, file.scenario.file);
    if (!is_new) {
      return tl::unexpected(file.document.problem(
          "", "credential-claimed",
          "'" + file.scenario.stem + "' is the credential of " + owner->second + " and of this file: rename one of them"));
    }
    auto document = given_document(file);
    if (!document) return tl::unexpected(document.error());
    if (const auto staged = mock.stage(file.scenario.stem, *document); !staged) {
      return tl::unexpected(at_given(file, staged.error().code, staged.error().message));
    }
  }
  return collected.files.size();
}

}  // namespace understudy
