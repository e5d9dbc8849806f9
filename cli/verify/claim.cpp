// `understudy claim check`: whether the claim of a run holds (docs/claims.md).
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/verify/claim_files.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/base/terminal.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_claim(const std::string& path) {
  const auto fail = [&](std::string code, std::string message) {
    return tl::unexpected(make_problem(Failure::bad_file, std::move(code), std::move(message), Place{.file = path}));
  };
  std::error_code error;
  if (!fs::exists(path, error)) return fail("file-unreadable", "found no such file");
  if (!fs::is_regular_file(path, error)) return fail("file-unreadable", "expected a regular file");
  if (fs::file_size(path, error) > kLargestClaim) return fail("claim-too-large", "found more than 64 MiB");
  return load_text(path);
}

// Kind, source and name of an element of `configuration`.
using UsedKey = std::tuple<std::string, std::string, std::string>;
UsedKey key_of(const Json& used) {
  const auto& annotations = used["annotations"];
  return {annotations["understudy_kind"].get<std::string>(), annotations.value("understudy_source", ""), used["name"].get<std::string>()};
}
const std::string& name_of(const UsedKey& key) { return std::get<2>(key); }

std::optional<std::string> hash_used(const UsedKey& key, const fs::path& folder) {
  const auto& [kind, source, name] = key;
  if (kind == "binary") return hash_program();
  if (source == "file") return hash_file((folder / name).string());
  const auto found = embedded_files().find(name);
  return found == embedded_files().end() ? std::nullopt : std::optional(sha256(found->second));
}

void check_digests(const Json& configuration, const fs::path& folder, ClaimDifferences& differences) {
  std::set<UsedKey> seen;
  std::size_t binaries = 0;
  for (const auto& used : configuration) {
    const auto key = key_of(used);
    binaries += std::get<0>(key) == "binary" ? 1U : 0U;
    if (!seen.insert(key).second) differences.add("configuration: " + name_of(key) + " occurs twice");
    const auto digest = hash_used(key, folder);
    const auto& claimed = used["digest"]["sha256"].get_ref<const std::string&>();
    if (!digest)
      differences.add(name_of(key) + ": missing, or it cannot be read");
    else if (*digest != claimed)
      differences.add(name_of(key) + ": changed: found sha256 " + *digest + ", the claim says " + claimed);
  }
  if (binaries != 1) differences.add("configuration: found " + std::to_string(binaries) + " elements of kind binary, expected 1");
}

// documented+throttle_status=429, as tests name it -> { base: documented, throttle_status: 429 }
std::string profile_option(std::string_view rendered) {
  const auto parts = split(rendered, '+');
  std::string text = "{ base: " + std::string(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    text += ", " + std::string(parts[i].substr(0, equals)) + ": ";
    if (equals != std::string_view::npos) text += parts[i].substr(equals + 1);
  }
  return text + " }";
}

// What the files that the claim names give now.
Result<ClaimParts> describe_again(const Json& predicate, const std::string& claim, std::size_t tests) {
  std::error_code error;
  const auto folder = fs::weakly_canonical(fs::absolute(claim, error).parent_path(), error);
  InputOptions options;
  for (const auto& one : predicate["understudy_folders"]) {
    if (one["source"] != "file") continue;
    const auto path = (folder / one["path"].get<std::string>()).lexically_normal();
    if (one["kind"] == "scenarios")
      options.paths.push_back(path.string());
    else
      options.contracts = (path.has_filename() ? path : path.parent_path()).parent_path().string();
  }
  const auto& selection = predicate["understudy_selection"];
  options.selection = {.labels = selection["labels"], .run = selection["run"], .skip = selection["skip"]};
  const auto inputs = load_inputs(options);
  if (!inputs) return tl::unexpected(inputs.error().front());
  SuiteOptions suite;
  for (const auto& text : selection["profiles"]) {
    const auto profile = read_profiles(profile_option(text.get<std::string>()), inputs->contracts);
    if (!profile) return tl::unexpected(profile.error());
    suite.profiles.push_back(profile->front());
  }
  if (suite.profiles.empty()) return tl::unexpected(usage_problem("no-profile", "understudy_selection has no profile"));
  auto runs = plan_runs(inputs->files, inputs->contracts, suite);
  const auto repeat = selection["repeat"].get<std::size_t>();
  if (runs && repeat != suite.repeat) {
    // A forged number must not cost memory: the lists of the claim bound the plan.
    suite.repeat = std::min(repeat, tests / std::max<std::size_t>(runs->size(), 1) + 1);
    runs = plan_runs(inputs->files, inputs->contracts, suite);
  }
  if (!runs) return tl::unexpected(runs.error());
  return describe_claim(claim, options, *inputs, *runs, suite);
}

std::map<UsedKey, Json> annotations_by_key(const Json& configuration) {
  std::map<UsedKey, Json> files;
  for (const auto& used : configuration) {
    if (const auto key = key_of(used); std::get<0>(key) != "binary") files[key] = used["annotations"];
  }
  return files;
}

std::set<std::string> texts_of(const Json& list) {
  std::set<std::string> texts;
  for (const auto& entry : list) texts.insert(entry.is_string() ? entry.get<std::string>() : render_json(entry));
  return texts;
}

// Compares which files and tests there must be, whatever the digests are.
void check_complete(const Json& predicate, const std::string& claim, std::size_t tests, ClaimDifferences& differences) {
  const auto again = describe_again(predicate, claim, tests);
  if (!again) {
    const auto& problem = again.error();
    return differences.add("the files cannot be read again: " + render_place(problem.place) + (problem.place.file.empty() ? "" : ": ") +
                           problem.message);
  }
  const auto claimed_folders = texts_of(predicate["understudy_folders"]), folders = texts_of(again->folders);
  for (const auto& folder : folders) {
    if (!claimed_folders.contains(folder)) differences.add("understudy_folders: missing: " + folder);
  }
  for (const auto& folder : claimed_folders) {
    if (!folders.contains(folder)) differences.add("understudy_folders: not used, or written differently: " + folder);
  }
  const auto claimed = annotations_by_key(predicate["configuration"]), files = annotations_by_key(again->configuration);
  for (const auto& [key, annotations] : files) {
    const auto found = claimed.find(key);
    if (found == claimed.end()) {
      differences.add("configuration: " + name_of(key) + " is missing");
      continue;
    }
    if (annotations.value("understudy_scenario", "") != found->second.value("understudy_scenario", ""))
      differences.add(name_of(key) + ": its understudy_scenario must be '" + annotations.value("understudy_scenario", "") + "'");
    const auto expected = texts_of(annotations.value("understudy_tests", Json::array()));
    const auto listed = texts_of(found->second.value("understudy_tests", Json::array()));
    for (const auto& test : expected) {
      if (!listed.contains(test)) differences.add(name_of(key) + ": the test '" + test + "' is missing");
    }
    for (const auto& test : listed) {
      if (!expected.contains(test)) differences.add(name_of(key) + ": '" + test + "' is not a selected test of this file");
    }
  }
  for (const auto& [key, annotations] : claimed) {
    if (!files.contains(key)) differences.add("configuration: " + name_of(key) + " belongs to no folder and no scenario of the claim");
  }
}

void check_transcript_file(const Json& claim, const fs::path& folder, ClaimDifferences& differences) {
  const auto name = claim["subject"][0]["name"].get<std::string>();
  std::error_code error;
  const auto path = folder / name;
  if (name.find('/') != std::string::npos)
    return differences.add("subject: found '" + name + "', expected the name of a file in this folder");
  std::ifstream transcript(path, std::ios::binary);
  if (!fs::is_regular_file(path, error) || !transcript) return differences.add(name + ": missing, or it cannot be read");
  check_transcript(claim, transcript, differences);
}

int check(const std::string& path) {
  if (path == "-") return report_problem(usage_problem("claim-needs-files", "found -, expected the name of a file: a claim is two files"));
  const auto text = read_claim(path);
  if (!text) return report_problem(text.error());
  const auto claim = parse_claim(*text, path);
  if (!claim) return report_problem(claim.error());

  const auto folder = fs::path(path).parent_path();
  const auto& predicate = (*claim)["predicate"];
  ClaimDifferences differences;
  check_claim_itself(*claim, *text, differences);
  check_transcript_file(*claim, folder, differences);
  check_digests(predicate["configuration"], folder, differences);
  std::size_t tests = 0;
  for (const char* list : {"passedTests", "warnedTests", "failedTests", "understudy_skipped"}) tests += predicate[list].size();
  check_complete(predicate, path, tests, differences);

  for (auto line : differences.lines()) {
    std::ranges::replace(line, '\n', ' ');
    std::cout << escape_for_terminal(line) << "\n";
  }
  if (differences.left_out() > 0) std::cout << "and " << differences.left_out() << " more\n";
  if (differences.empty()) std::cout << "the claim holds\n";
  return differences.empty() ? kPassed : kFindings;
}

}  // namespace

Command make_claim_command() {
  auto file = std::make_shared<std::string>();
  const Command check_command{.name = "check",
                              .about = "Check that a claim of verify --report-claim holds, and print every difference.",
                              .options = {{"file", file.get(), "The claim. Its transcript is beside it.", required()}},
                              .examples = "Examples:\n  understudy claim check claim.json\n",
                              .exits = {kFindings, kBadFile},
                              .run = [file] { return check(*file); }};
  return {.name = "claim", .about = "Check the claim of a run.", .subcommands = {check_command}};
}

}  // namespace understudy
