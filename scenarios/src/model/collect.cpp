#include "scenarios/src/model/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

// The text of a file beside the scenario; nullopt if there is none (lint reports it with its place).
using ReadBeside = std::function<std::optional<std::string>(const std::string& name)>;

bool is_scenario_path(std::string_view path) {
  return path.ends_with(".yaml") && path.find("/schema/") == std::string_view::npos && !path.starts_with("schema/");
}

std::string folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(file.substr(0, slash + 1));
}

void attach_body_files(ScenarioFile& file, const ReadBeside& read) {
  for (const auto* steps : {&file.scenario.steps, &file.scenario.cleanup}) {
    for (const Step& step : *steps) {
      if (step.with.body_kind != Sending::Body::file) continue;
      const auto name = step.with.body.get<std::string>();
      if (auto text = read(name)) file.body_files[name] = *std::move(text);
    }
  }
}

Problem path_problem(const std::string& path, std::string code, std::string message) {
  return make_problem(Failure::bad_file, std::move(code), std::move(message), {.file = path});
}

// Adds so many files in their order. `read(i)` is called on several threads.
template <class Read>
void add_all(Collected& collected, std::size_t count, const Read& read) {
  constexpr std::size_t kPerThread = 16;  // fewer files take less time than a thread
  std::vector<std::optional<Result<ScenarioFile>>> files(count);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) files[i] = read(i);
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t threads = std::min<std::size_t>(std::thread::hardware_concurrency(), count / kPerThread);
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
    work();
  }
  for (auto& file : files) {
    if (*file)
      collected.files.push_back(**std::move(file));
    else
      collected.problems.push_back(std::move(file->error()));
  }
}

// Sorts the files. Two scenarios of one name are a problem: verdicts would not distinguish them, and they would share a credential.
void finish(Collected& collected) {
  std::ranges::sort(collected.files, [](const ScenarioFile& a, const ScenarioFile& b) { return a.scenario.file < b.scenario.file; });
  std::map<std::string, const ScenarioFile*> by_name;
  for (const ScenarioFile& file : collected.files) {
    const auto [first, is_new] = by_name.emplace(scenario_name(file.scenario), &file);
    if (is_new) continue;
    collected.problems.push_back(
        file.document.problem("/scenario", "duplicate-scenario",
                              fmt::format("found a second scenario named {}, the first is {}", scenario_name(file.scenario),
                                          render_place(first->second->document.place("/scenario")))));
  }
}

// Every scenario below a folder, sorted; links to folders are not followed. A folder that cannot be read is a problem.
std::vector<std::string> find_below(const std::string& folder, std::vector<Problem>& problems) {
  std::vector<std::string> found;
  const auto check_folder = [&problems](const fs::path& path) {
    std::error_code unreadable;
    if (fs::directory_iterator(path, unreadable); unreadable)
      problems.push_back(path_problem(path.generic_string(), "folder-unreadable", unreadable.message()));
  };
  check_folder(folder);
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string path = entry->path().generic_string();
    if (entry->is_directory(error) && entry->path().filename() == "schema")
      entry.disable_recursion_pending();
    else if (entry->is_directory(error) && !entry->is_symlink(error))
      check_folder(entry->path());
    // A link that leads nowhere is found, too: reading it is an error, so that it is not left out silently.
    const bool is_file = entry->is_regular_file(error) || (entry->is_symlink(error) && !entry->exists(error));
    const auto extension = to_lower(entry->path().extension().string());
    if (is_file && (extension == ".yaml" || extension == ".yml")) found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<std::string> read_beside(const std::string& folder, const std::string& name) {
  std::error_code error;
  const fs::path root = fs::weakly_canonical(folder.empty() ? "." : folder, error);
  const fs::path file = fs::weakly_canonical(root / name, error);
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (error || end != root.end() || !fs::is_regular_file(file, error)) return std::nullopt;  // not a file, or a link to outside
  auto text = load_text(file.string());
  return text ? std::optional<std::string>(*std::move(text)) : std::nullopt;
}

}  // namespace

Result<ScenarioFile> load_scenario(const std::string& path) {
  auto document = load_yaml(path);
  if (!document) return tl::unexpected(std::move(document.error()));
  auto file = parse_scenario(*std::move(document));
  if (file) attach_body_files(*file, [&](const std::string& name) { return read_beside(folder_of(path), name); });
  return file;
}

std::optional<Problem> find_claimed_twice(const std::vector<ScenarioFile>& files) {
  std::map<std::string, const ScenarioFile*> owners;
  for (const ScenarioFile& file : files) {
    const auto [owner, is_new] = owners.try_emplace(file.scenario.stem, &file);
    if (is_new) continue;
    return claimed_before(file, *owner->second);
  }
  return std::nullopt;
}

Problem claimed_before(const ScenarioFile& file, const ScenarioFile& owner) {
  return file.document.problem("/scenario", "credential-claimed",
                               fmt::format("found '{}' as the credential of this scenario and of {}: rename one of the files",
                                           file.scenario.stem, render_place(owner.document.place("/scenario"))));
}

Collected load_scenarios(const std::vector<std::string>& paths) {
  Collected collected;
  std::set<std::string> seen;
  std::vector<tl::expected<std::string, Problem>> all;  // the paths of the files, and what is wrong with others
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
      all.push_back(tl::unexpected(path_problem(path, "scenario-not-found", "found no such file or folder")));
      continue;
    }
    std::vector<Problem> problems;
    const auto found = fs::is_directory(status) ? find_below(path, problems) : std::vector<std::string>{path};
    if (found.empty() && problems.empty())
      problems.push_back(path_problem(path, "no-scenarios", "found no *.yaml or *.yml below this folder"));
    for (Problem& problem : problems) all.push_back(tl::unexpected(std::move(problem)));
    for (const std::string& file : found)
      if (seen.insert(fs::weakly_canonical(file, error).generic_string()).second) all.push_back(file);
  }
  add_all(collected, all.size(),
          [&](std::size_t i) { return all[i] ? load_scenario(*all[i]) : Result<ScenarioFile>(tl::unexpected(all[i].error())); });
  finish(collected);
  return collected;
}

Collected parse_scenarios(const FileSet& files, std::string_view root) {
  Collected collected;
  const std::string prefix = fmt::format("{}/", root);
  std::vector<FileSet::const_iterator> all;
  for (auto file = files.begin(); file != files.end(); ++file) {
    const std::string_view path = file->first;
    if (path.starts_with(prefix) && is_scenario_path(path.substr(prefix.size() - 1))) all.push_back(file);
  }
  add_all(collected, all.size(), [&](std::size_t i) {
    const auto& [path, text] = *all[i];
    auto file = parse_scenario(text, path);
    if (file) {
      attach_body_files(*file, [&, folder = folder_of(path)](const std::string& name) {
        const auto found = files.find(folder + name);
        return found == files.end() ? std::nullopt : std::optional<std::string>(found->second);
      });
    }
    return file;
  });
  finish(collected);
  return collected;
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, behind_star = 0;  // where to go on when the text behind the last '*' does not fit
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      behind_star = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++behind_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string did_you_mean_pattern(std::string_view pattern, const std::vector<std::string>& names) {
  const auto slash = pattern.find('/');
  const auto behind = [](const std::string& name) { return name.substr(name.find('/') + 1); };
  if (slash == std::string_view::npos) {
    std::vector<std::string> tails;
    std::ranges::transform(names, std::back_inserter(tails), behind);
    return did_you_mean(pattern, tails);
  }
  // The part as it is, if a name has it, else the nearest; nothing is near: nullopt.
  const auto mend = [](std::string_view part, const std::vector<std::string>& known) -> std::optional<std::string> {
    const bool is_known = std::ranges::any_of(known, [&](const std::string& one) { return matches_glob(part, one); });
    return is_known ? std::optional<std::string>(part) : find_nearest(part, known);
  };
  std::vector<std::string> heads, tails;
  for (const auto& name : names) heads.push_back(name.substr(0, name.find('/')));
  const auto head = mend(pattern.substr(0, slash), heads);
  for (const auto& name : names) {
    if (head && matches_glob(*head, name.substr(0, name.find('/')))) tails.push_back(behind(name));
  }
  const auto tail = mend(pattern.substr(slash + 1), tails);
  return head && tail ? fmt::format(" (did you mean '{}/{}'?)", *head, *tail) : "";
}

namespace {

bool fits_pattern(const Scenario& scenario, std::string_view pattern) {
  const bool is_whole_name = pattern.find('/') != std::string_view::npos;
  return matches_glob(pattern, is_whole_name ? scenario_name(scenario) : scenario.stem);
}

bool has_label(const Scenario& scenario, const std::string& label) { return contains(scenario.labels, label); }

}  // namespace

bool is_selected(const Scenario& scenario, const Selection& selection) {
  const auto fits = [&](const std::string& pattern) { return fits_pattern(scenario, pattern); };
  const auto has = [&](const std::string& label) { return has_label(scenario, label); };
  const auto& [labels, run, skip] = selection;
  return (labels.empty() || std::ranges::any_of(labels, has)) && (run.empty() || std::ranges::any_of(run, fits)) &&
         std::ranges::none_of(skip, fits);
}

Selected select_scenarios(const std::vector<ScenarioFile>& files, const Selection& selection) {
  Selected selected;
  for (const ScenarioFile& file : files)
    if (is_selected(file.scenario, selection)) selected.files.push_back(&file);
  std::vector<std::string> labels, names;
  for (const ScenarioFile& file : files) {
    std::ranges::copy(file.scenario.labels, std::back_inserter(labels));
    names.push_back(scenario_name(file.scenario));
  }
  const auto check = [&](std::string_view option, const std::vector<std::string>& words, auto&& fits) {
    for (const std::string& word : words) {
      if (std::ranges::any_of(files, [&](const ScenarioFile& file) { return fits(file.scenario, word); })) continue;
      const bool is_label = option == "--label";
      const auto hint = is_label ? did_you_mean(word, labels) : did_you_mean_pattern(word, names);
      selected.unmatched.push_back(
          fmt::format("found {} '{}', expected {}{}", option, word, is_label ? "a label of a scenario" : "the name of a scenario", hint));
    }
  };
  check("--label", selection.labels, has_label);
  check("--run", selection.run, fits_pattern);
  check("--skip", selection.skip, fits_pattern);
  return selected;
}

}  // namespace understudy
