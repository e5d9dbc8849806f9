// Loads scenario files from files, folders or a set of files such as the bundle, and selects among them by label and pattern. Each
// unreadable file is a problem of its own, so that one run reports all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/load/load.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

struct Collected {
  std::vector<ScenarioFile> files;  // sorted by file, each once
  std::vector<Problem> problems;
};

// Files as they are, folders with every *.yaml below them, apart from folders named `schema`. A path that does not exist, a
// folder without scenarios and two files of one api and stem are problems.
Collected load_scenarios(const std::vector<std::string>& paths);
// The same in a set: every *.yaml below `root`.
Collected parse_scenarios(const FileSet& files, std::string_view root = "scenarios");
// The problem of two scenarios with the same stem, which would share a credential of a mock.
std::optional<Problem> find_claimed_twice(const std::vector<ScenarioFile>& files);
// The problem of a file whose credential (its stem) an earlier file has; names both places.
Problem claimed_before(const ScenarioFile& file, const ScenarioFile& owner);
// One file with the body files it names.
Result<ScenarioFile> load_scenario(const std::string& path);

// What the command line chooses. Labels: any of them. Patterns: '*' and '?' over <api>/<stem>; without '/' over the stem.
struct Selection {
  std::vector<std::string> labels;
  std::vector<std::string> run;   // any of them; empty: all
  std::vector<std::string> skip;  // none of them
};
bool is_selected(const Scenario& scenario, const Selection& selection);

struct Selected {
  std::vector<const ScenarioFile*> files;
  std::vector<std::string> unmatched;  // a sentence for each label and pattern that chose nothing: most likely mistyped
};
Selected select_scenarios(const std::vector<ScenarioFile>& files, const Selection& selection);

bool matches_glob(std::string_view pattern, std::string_view text);
// " (did you mean 'shop/create'?)" for a pattern that matches none of these names, each <before>/<behind>. Both parts are compared by
// themselves, so that 'shpo/*' means 'shop/*'; a pattern without '/' is compared with the parts behind it. "" when nothing is near.
std::string did_you_mean_pattern(std::string_view pattern, const std::vector<std::string>& names);

}  // namespace understudy
