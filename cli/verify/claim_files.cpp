#include "cli/verify/claim_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "cli/inputs.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

fs::path resolve_folder(const fs::path& folder) {
  std::error_code error;
  return fs::canonical(folder.empty() ? fs::path(".") : folder, error);
}

// Collects what a run uses. Names are relative to the folder of the claim.
class FilesOfRun {
 public:
  explicit FilesOfRun(const std::string& claim) : root_(resolve_folder(fs::path(claim).parent_path())) {}

  void add_program() {
    add_entry("understudy", hash_program(), {{"understudy_kind", "binary"}, {"understudy_version", UNDERSTUDY_VERSION}});
  }
  void add_folder(const char* kind, const std::string& path, bool is_bundled) {
    std::error_code error;  // a contract's folder is named by its API, a file by its own name
    const std::size_t kept = kind == std::string_view("scenarios") && fs::is_directory(path, error) ? 0 : 1;
    folders_.insert({kind, is_bundled ? "bundled" : "file", is_bundled ? path : relative(path, kept)});
  }
  // `annotations`: beside kind and source.
  void add(const char* kind, const std::string& path, bool is_bundled, Json annotations = Json::object()) {
    annotations["understudy_kind"] = kind;
    annotations["understudy_source"] = is_bundled ? "bundled" : "file";
    const std::size_t kept = kind == std::string_view("contract") ? 2 : 1;
    if (!is_bundled) return add_entry(relative(path, kept), hash_file(path), std::move(annotations));
    const auto found = embedded_files().find(path);
    add_entry(path, found == embedded_files().end() ? std::nullopt : std::optional(sha256(found->second)), std::move(annotations));
  }

  Result<ClaimParts> finish() {
    if (!missing_.empty())
      return tl::unexpected(
          make_problem(Failure::bad_file, "file-unreadable", "cannot read the file for its digest", Place{.file = missing_}));
    for (const auto& [key, entry] : entries_) parts_.configuration.push_back(entry);
    for (const auto& [kind, source, path] : folders_) parts_.folders.push_back({{"kind", kind}, {"source", source}, {"path", path}});
    return std::move(parts_);
  }

 private:
  // Links are followed, but the last `kept` names stay.
  std::string relative(fs::path path, std::size_t kept) const {
    fs::path rest;
    for (; kept > 0; --kept, path = path.parent_path()) rest = rest.empty() ? path.filename() : path.filename() / rest;
    const auto resolved = resolve_folder(path);
    return (rest.empty() ? resolved : resolved / rest).lexically_relative(root_).generic_string();
  }
  void add_entry(const std::string& name, const std::optional<std::string>& digest, Json annotations) {
    if (!digest) missing_ = name;
    const std::tuple key(annotations["understudy_kind"].get<std::string>(), annotations.value("understudy_source", ""), name);
    entries_[key] = {{"name", name}, {"digest", {{"sha256", digest.value_or("")}}}, {"annotations", std::move(annotations)}};
  }

  fs::path root_;
  std::string missing_;
  std::map<std::tuple<std::string, std::string, std::string>, Json> entries_;
  std::set<std::tuple<std::string, std::string, std::string>> folders_;
  ClaimParts parts_;
};

// The files of a contract in `folder`/`api`, without those in folders below.
std::vector<std::string> find_contract_files(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->is_regular_file(error) && is_contract_file(entry->path().string())) found.push_back(entry->path().generic_string());
  }
  return found;
}

void add_contracts(FilesOfRun& files, const std::string& own_folder, const Contracts& contracts) {
  for (const auto& api : contracts.api_names()) {
    const auto own = own_folder.empty() ? std::vector<std::string>() : find_contract_files(fs::path(own_folder) / api);
    for (const auto& path : own) files.add("contract", path, false);
    const std::string folder = "contracts/" + api;
    files.add_folder("contract", own.empty() ? folder : own_folder + "/" + api, own.empty());
    if (!own.empty()) continue;
    for (const auto& [path, text] : embedded_files()) {
      const bool is_inside = path.starts_with(folder + "/") && path.find('/', folder.size() + 1) == std::string::npos;
      if (is_inside && is_contract_file(path)) files.add("contract", path, true);
    }
  }
}

void add_scenarios(FilesOfRun& files, const std::vector<std::string>& paths, const Inputs& inputs, const std::vector<Run>& runs) {
  std::map<const ScenarioFile*, Json> tests;
  for (const Run& run : runs) tests[run.file].push_back(test_name(run.name, render_profile(run.profile)));
  for (const auto& path : paths) files.add_folder("scenarios", path, false);
  if (paths.empty()) files.add_folder("scenarios", "scenarios", true);
  for (const auto& file : inputs.collected.files) {
    const auto& scenario = file.scenario;
    const auto own = tests.find(&file);
    files.add("scenario", scenario.file, paths.empty(),
              {{"understudy_scenario", scenario_name(scenario)}, {"understudy_tests", own == tests.end() ? Json::array() : own->second}});
    const auto slash = scenario.file.rfind('/');
    const auto folder = slash == std::string::npos ? std::string() : scenario.file.substr(0, slash + 1);
    for (const auto& [name, text] : file.body_files) files.add("body", folder + name, paths.empty());
  }
}

}  // namespace

std::optional<std::string> hash_file(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  Sha256 hash;
  std::string block(std::size_t{1} << 16, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0)
    hash.add(std::string_view(block).substr(0, static_cast<std::size_t>(file.gcount())));
  return file.bad() ? std::nullopt : std::optional(hash.finish());
}

std::optional<std::string> hash_program() { return hash_file("/proc/self/exe"); }

Result<ClaimParts> describe_claim(const std::string& claim, const InputOptions& options, const Inputs& inputs, const std::vector<Run>& runs,
                                  const SuiteOptions& suite) {
  FilesOfRun files(claim);
  files.add_program();
  add_contracts(files, options.contracts, inputs.contracts);
  add_scenarios(files, options.paths, inputs, runs);
  auto parts = files.finish();
  if (!parts) return parts;
  parts->transcript = fs::path(claim).filename().string() + kTranscriptSuffix;
  for (const Run& run : runs) parts->tests.push_back({.scenario = run.name, .profile = render_profile(run.profile)});
  std::vector<std::string> profiles, variables;
  for (const auto& profile : suite.profiles) profiles.push_back(render_profile(profile));
  for (const auto& [name, value] : inputs.variables.items()) variables.push_back(name);
  parts->selection = {{"run", options.selection.run},   {"skip", options.selection.skip}, {"labels", options.selection.labels},
                      {"operations", suite.operations}, {"profiles", profiles},           {"repeat", suite.repeat},
                      {"variables", variables}};
  if (const auto run = read_environment("GITHUB_RUN_ID"); !run.empty())
    parts->url = read_environment("GITHUB_SERVER_URL") + "/" + read_environment("GITHUB_REPOSITORY") + "/actions/runs/" + run;
  return parts;
}

}  // namespace understudy
