#include "cli/verify/runs.h"

#include <algorithm>
#include <iostream>

#include "cli/commands.h"
#include "cli/options.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {

Result<std::vector<Profile>> read_profiles(const std::string& text, const Target& target, const Contracts& contracts) {
  if (text.empty()) return std::vector<Profile>{target.profile.value_or(Profile())};
  if (text == "all") return standard_profiles();
  auto document = parse_yaml(text, "--profile");
  if (!document) return tl::unexpected(document.error());
  auto profile = parse_profile(document->root, contracts);
  if (!profile) return tl::unexpected(usage(profile.error().code, "--profile: " + profile.error().message));
  return std::vector<Profile>{*profile};
}

Result<Json> read_variables(const std::vector<std::string>& texts) {
  Json variables = Json::object();
  for (const auto& text : texts) {
    auto variable = parse_var(text);
    if (!variable) return tl::unexpected(usage(variable.error().code, "--var: " + variable.error().message));
    variables[variable->first] = variable->second;
  }
  return variables;
}

int exit_of(const Summary& summary, bool own_findings, int signal) {
  if (signal != 0) return 128 + signal;
  const auto has = [&](Failure failure) {
    return std::any_of(summary.problems.begin(), summary.problems.end(), [&](const Problem& one) { return one.failure == failure; });
  };
  if (own_findings || has(Failure::internal)) return kOurBug;
  if (!summary.left_behind.empty() || has(Failure::unsafe)) return kUnsafe;
  if (has(Failure::bad_file)) return kBadFile;
  if (has(Failure::unreachable)) return kUnreachable;
  if (has(Failure::usage)) return kUsage;
  const auto& counts = summary.counts;
  if (counts.failed > 0) return kFindings;
  return counts.passed + counts.known == 0 ? kNothingRan : kPassed;
}

void tell_unreachable(const Summary& summary) {
  const auto found = std::find_if(summary.problems.begin(), summary.problems.end(),
                                  [](const Problem& one) { return one.failure == Failure::unreachable; });
  if (found != summary.problems.end()) std::cerr << render_problem(*found) << "\n";
}

}  // namespace understudy
