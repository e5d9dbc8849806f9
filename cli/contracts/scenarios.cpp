// `understudy scenarios list`: names, titles, labels, operations under test and levels of scenarios.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/terminal.h"
#include "contracts/src/base/terminal.h"
#include "scenarios/src/model/summary.h"

namespace understudy {
namespace {

struct ListOptions {
  std::vector<std::string> paths, operations;
  std::string contracts, level;
  Selection selection;
  bool json = false;
};

struct ListedScenario {
  const Scenario* scenario;
  ScenarioSummary summary;
};

std::vector<std::string> words_of(const std::set<Evidence>& levels) {
  std::vector<std::string> words;
  for (const auto level : levels) words.emplace_back(to_string(level));
  return words;
}

// The qualified names of --operation.
Result<std::set<std::string>> read_wanted(const std::vector<std::string>& names, const Contracts& contracts) {
  std::set<std::string> wanted;
  for (const auto& name : names) {
    const auto operations = contracts.find_operations(name);
    if (operations.empty())
      return tl::unexpected(usage_problem(
          "unknown-operation", "found --operation '" + name + "', which no contract has" + contracts.did_you_mean_operation(name)));
    for (const auto* operation : operations) wanted.insert(operation->name);
  }
  return wanted;
}

Json render_scenario_json(const ListedScenario& one) {
  const auto& scenario = *one.scenario;
  return {{"name", scenario_name(scenario)},
          {"title", scenario.title},
          {"api", scenario.api},
          {"file", scenario.file},
          {"labels", scenario.labels},
          {"operations", one.summary.operations},
          {"inspecting", one.summary.inspecting},
          {"levels", words_of(one.summary.levels)}};
}

// The API of a scenario is in its name, so that its operations need none.
std::string render_operations(const ListedScenario& one) {
  std::vector<std::string> names;
  const auto prefix = one.scenario->api + ".";
  for (const auto& name : one.summary.operations) names.push_back(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  return names.empty() ? "no operation by name" : fmt::format("{}", fmt::join(names, ", "));
}

void print_list(const std::vector<ListedScenario>& list) {
  const auto columns = columns_of(STDOUT_FILENO);
  const auto print = [columns](const std::string& text) {
    const auto line = escape_for_terminal(text);
    std::cout << (columns == 0 ? line : cut_to_width(line, columns)) << "\n";
  };
  for (const auto& one : list) {
    print(fmt::format("{}: {}", scenario_name(*one.scenario), one.scenario->title));
    print(fmt::format("    {} | {} | {}", fmt::join(one.scenario->labels, ", "), render_operations(one),
                      fmt::join(words_of(one.summary.levels), ", ")));
  }
}

int list_scenarios(const ListOptions& options) {
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return report_problem(contracts.error());
  const auto level = read_level(options.level.empty() ? "assumed" : options.level);
  if (!level) return report_problem(level.error());
  const auto wanted = read_wanted(options.operations, *contracts);
  if (!wanted) return report_problem(wanted.error());
  const auto collected = load_linted(options.paths, *contracts);
  if (!collected.problems.empty()) return report_problems(collected.problems);
  const auto selected = select_scenarios(collected.files, options.selection);
  if (!selected.unmatched.empty()) return report_problem(usage_problem("matches-nothing", selected.unmatched.front()));

  std::vector<ListedScenario> list;
  for (const auto* file : selected.files) {
    ListedScenario one{&file->scenario, summarize(file->scenario, *contracts)};
    const auto is_wanted = [&](const std::string& name) { return wanted->contains(name); };
    const bool tests_wanted = wanted->empty() || std::ranges::any_of(one.summary.operations, is_wanted);
    const bool is_judged = options.level.empty() || (!one.summary.levels.empty() && *one.summary.levels.begin() <= *level);
    if (tests_wanted && is_judged) list.push_back(std::move(one));
  }
  if (options.json) {
    Json scenarios = Json::array();
    for (const auto& one : list) scenarios.push_back(render_scenario_json(one));
    std::cout << render_json_pretty({{"understudy_scenarios", 1}, {"scenarios", std::move(scenarios)}}) << "\n";
  } else {
    print_list(list);
  }
  std::cerr << list.size() << (list.size() == 1 ? " scenario\n" : " scenarios\n");
  return list.empty() ? kNothingRan : kPassed;
}

}  // namespace

Command make_scenarios_command() {
  auto options = std::make_shared<ListOptions>();
  return {
      .name = "scenarios",
      .about = "List scenarios.",
      .subcommands = {
          {.name = "list",
           .about = "List scenarios with their titles, labels, operations under test and levels.",
           .options = {scenarios_option(options->paths),
                       {"--run PATTERN", &options->selection.run, "List only scenarios whose api/name matches. '*' and '?' are wildcards."},
                       {"--skip PATTERN", &options->selection.skip, "Do not list these scenarios."},
                       {"--label LABEL", &options->selection.labels, "List only scenarios with one of these labels."},
                       {"--operation NAME", &options->operations,
                        "List only scenarios that test this operation (createProduct, sellercloud.createOrder). May be repeated."},
                       {"--level LEVEL", &options->level,
                        "List only scenarios of which something is known up to this level: documented, published, observed, assumed."},
                       {"--json", &options->json, "Print one JSON document."},
                       contracts_option(options->contracts)},
           .examples = "Examples:\n"
                       "  understudy scenarios list --label orders\n"
                       "  understudy scenarios list --operation veeqo.createProduct --level documented\n"
                       "  understudy scenarios list my/scenarios --json\n",
           .exits = {kBadFile},
           .run = [options] { return list_scenarios(*options); }}}};
}

}  // namespace understudy
