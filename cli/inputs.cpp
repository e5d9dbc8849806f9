#include "cli/inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "cli/apis.h"
#include "contracts/src/load/bundle.h"
#include "contracts/src/yaml/yaml.h"
#include "scenarios/src/lint/lint.h"

namespace understudy {

Option scenarios_option(std::vector<std::string>& paths) {
  return {"scenarios", &paths, "Scenario files or folders. Default: the bundled scenarios."};
}

Option contracts_option(std::string& folder) {
  return {"--contracts FOLDER", &folder, "A folder with contracts that add to the bundled ones or replace them, or an OpenAPI file."};
}

const FileSet& embedded_files() {
  static const FileSet files = make_file_set(bundled_files());
  return files;
}

Result<Contracts> load_contracts(const std::string& folder) {
  const Sources sources = folder.empty() ? Sources() : sort_sources({folder});
  if (sources.apis.empty() && !folder.empty()) return load_contracts(bundled_files(), folder);
  static const auto bundled = load_contracts(bundled_files());
  auto contracts = bundled;
  for (const std::string& path : sources.apis) {
    if (!contracts) break;
    const auto text = load_text(path);
    if (!text) return tl::unexpected(text.error());
    const auto api = parse_api(path, *text);
    if (!api) return tl::unexpected(api.error().front());
    if (auto added = add_api(*contracts, *api, path); !added) return tl::unexpected(std::move(added.error()));
  }
  return contracts;
}

Collected load_linted(const std::vector<std::string>& paths, const Contracts& contracts) {
  auto collected = paths.empty() ? parse_scenarios(embedded_files()) : load_scenarios(paths);
  for (const auto& file : collected.files) {
    for (auto& problem : lint_scenario(file, contracts)) collected.problems.push_back(std::move(problem));
  }
  return collected;
}

Result<std::vector<Profile>> read_profiles(const std::string& text, const Contracts& contracts) {
  if (text == "all") return standard_profiles();
  auto document = parse_yaml(text, "--profile");
  if (!document) return tl::unexpected(document.error());
  auto profile = parse_profile(document->root, contracts);
  if (!profile && profile.error().code == "unknown-profile")
    return tl::unexpected(usage_problem(
        "unknown-profile", fmt::format("found --profile '{}', expected documented, observed, all, or {{base: NAME, switch: value}}{}", text,
                                       did_you_mean(text, std::vector<std::string>{"documented", "observed", "all"}))));
  if (!profile) return tl::unexpected(usage_problem(profile.error().code, "--profile: " + profile.error().message));
  return std::vector<Profile>{*profile};
}

Result<Evidence> read_level(const std::string& text) {
  static const std::vector<std::string> kLevels = {"documented", "published", "observed", "assumed"};
  if (const auto level = parse_evidence(text)) return *level;
  return tl::unexpected(usage_problem(
      "unknown-level", fmt::format("found --level '{}', expected {}{}", text, fmt::join(kLevels, ", "), did_you_mean(text, kLevels))));
}

Result<void> check_api_name(const std::string& api, const Contracts& contracts) {
  if (api.empty() || contracts.find_api(api) != nullptr) return {};
  const std::vector<std::string> names = contracts.api_names();
  return tl::unexpected(
      usage_problem("unknown-api", fmt::format("found --api {}, expected the name of an API{}", api, did_you_mean(api, names))));
}

std::string read_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string() : std::string(value);
}

Problem usage_problem(std::string code, std::string message) { return make_problem(Failure::usage, std::move(code), std::move(message)); }

int exit_code_for_problem(const Problem& problem) {
  switch (problem.failure) {
    case Failure::usage: return kUsage;
    case Failure::bad_file: return kBadFile;
    case Failure::unreachable: return kUnreachable;
    case Failure::unsafe: return kUnsafe;
    case Failure::internal: return kOurBug;
  }
  return kOurBug;
}

int graver_exit_code(int left, int right) {
  if (left > 128 || right > 128) return std::max(left, right);
  constexpr int kByGravity[] = {kOurBug, kUnsafe, kBadFile, kUnreachable, kUsage, kFindings, kDrift, kNothingRan, kPassed};
  return std::ranges::find(kByGravity, left) < std::ranges::find(kByGravity, right) ? left : right;
}

int report_problems(const std::vector<Problem>& problems) {
  int code = kPassed;
  for (const auto& problem : problems) {
    std::cerr << render_problem(problem) << "\n";
    code = graver_exit_code(code, exit_code_for_problem(problem));
  }
  return code;
}

int report_problem(const Problem& problem) { return report_problems({problem}); }

}  // namespace understudy
