// `understudy mutate`: which of the catalogued wrong servers a suite of scenarios tells from a right one.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "cli/sources.h"
#include "cli/verify/mutation_run.h"
#include "conformance/run/suite.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {
namespace {

struct MutateOptions {
  std::vector<std::string> paths, run;
  std::string contracts, api, profile = "all", report_json;
  double min_score = 0.95;
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::size_t sample = 0;  // 0: all
  std::uint64_t seed = 1;
  bool list = false, strict = false, verbose = false;
};

Result<std::vector<Profile>> read_profiles(const std::string& text, const Contracts& contracts) {
  if (text == "all") return standard_profiles();
  auto document = parse_yaml(text, "--profile");
  if (!document) return tl::unexpected(document.error());
  auto profile = parse_profile(document->root, contracts);
  if (!profile) return tl::unexpected(usage(profile.error().code, "--profile: " + profile.error().message));
  return std::vector<Profile>{*profile};
}

Result<void> check_api(const std::string& api, const Contracts& contracts) {
  if (api.empty() || contracts.find_api(api) != nullptr) return {};
  std::vector<std::string> names;
  for (const auto& contract : contracts.apis) names.push_back(contract->api);
  return tl::unexpected(usage("unknown-api", "found --api " + api + ", expected the name of an API" + did_you_mean(api, names)));
}

// The mutants of these APIs that the patterns choose. A pattern that chooses nothing is most likely mistyped.
Result<std::vector<Mutant>> choose_mutants(const MutateOptions& options, const Contracts& contracts, const std::set<std::string>& apis) {
  std::vector<Mutant> chosen;
  std::vector<bool> matched(options.run.size(), false);
  for (const auto& contract : contracts.apis) {
    if (!apis.contains(contract->api)) continue;
    for (auto& mutant : find_mutants(*contract)) {
      bool wanted = options.run.empty();
      for (std::size_t i = 0; i < options.run.size(); ++i) {
        if (!matches_glob(options.run[i], mutant.id)) continue;
        wanted = true;
        matched[i] = true;
      }
      if (wanted) chosen.push_back(std::move(mutant));
    }
  }
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (!matched[i])
      return tl::unexpected(usage("matches-nothing", "found --run '" + options.run[i] + "', which no mutant is called; --list names them"));
  }
  return chosen;
}

// As many as asked for, the same for the same seed, in the order of the catalogue.
void draw_sample(std::vector<Mutant>& mutants, std::size_t size, std::uint64_t seed) {
  if (size == 0 || size >= mutants.size()) return;
  std::vector<std::size_t> order(mutants.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.next() % i]);
  order.resize(size);
  std::sort(order.begin(), order.end());
  std::vector<Mutant> drawn;
  for (const auto index : order) drawn.push_back(std::move(mutants[index]));
  mutants = std::move(drawn);
}

void print_list(const std::vector<Mutant>& mutants) {
  for (const auto& mutant : mutants)
    std::cout << mutant.id << "\t" << to_string(mutant.fact.evidence) << (mutant.equivalent.empty() ? "" : " (equivalent)") << "\t"
              << mutant.what << "\n";
}

int nothing_ran(const std::string& api) {
  std::cerr << "error: there is no scenario" << (api.empty() ? "" : " of " + api) << " to judge by [nothing-ran]\n";
  return kNothingRan;
}

int mutate(const MutateOptions& options) {
  StopSignals signals;
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return complain(contracts.error());
  if (auto known = check_api(options.api, *contracts); !known) return complain(known.error());
  const auto profiles = read_profiles(options.profile, *contracts);
  if (!profiles) return complain(profiles.error());
  const auto collected = load_linted(options.paths, *contracts);
  if (!collected.problems.empty()) return complain(collected.problems);

  std::vector<const ScenarioFile*> files;
  std::set<std::string> apis;
  for (const auto& file : collected.files) {
    if (!options.api.empty() && file.scenario.api != options.api) continue;
    files.push_back(&file);
    apis.insert(file.scenario.api);
  }
  if (options.list && !options.api.empty()) apis.insert(options.api);
  if (apis.empty()) return nothing_ran(options.api);
  auto mutants = choose_mutants(options, *contracts, apis);
  if (!mutants) return complain(mutants.error());
  draw_sample(*mutants, options.sample, options.seed);
  if (options.list) {
    print_list(*mutants);
    return kPassed;
  }

  SuiteOptions suite;
  suite.profiles = *profiles;
  const auto runs = plan_runs(files, *contracts, suite);
  if (!runs) return complain(runs.error());
  std::ofstream report;
  if (!options.report_json.empty()) {
    report.open(options.report_json, std::ios::binary);
    if (!report) return complain(usage("report-unwritable", "cannot write the report to " + options.report_json));
  }
  const auto score = run_mutants(*mutants, *runs, *contracts,
                                 {.profile = profiles->front(), .jobs = options.jobs, .strict = options.strict, .stop = &signals.stop()});
  if (!score) return complain(score.error());
  if (report.is_open()) report << render_json_pretty(render_score_json(*score)) << "\n";
  render_score(std::cout, *score, options.verbose);
  if (signals.signal() != 0) return 128 + signals.signal();
  if (score->counts().score() >= options.min_score) return kPassed;
  std::cerr << "error: the score is below --min-score " << options.min_score << " [score-too-low]\n";
  return kFindings;
}

}  // namespace

Command add_mutate(CLI::App& parent) {
  auto* app = parent.add_subcommand("mutate", "Say which catalogued wrong servers a suite of scenarios tells from a right one");
  auto options = std::make_shared<MutateOptions>();
  app->add_option("scenarios", options->paths, "Scenario files or folders; left out: the bundled ones");
  app->add_option("--min-score", options->min_score, "Least part of the wrong servers that must be found, 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app->add_option("--api", options->api, "Only scenarios and wrong servers of this API")->type_name("NAME");
  app->add_option("--run", options->run, "Only wrong servers whose id matches; '*' and '?' stand for anything")
      ->type_name("PATTERN")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  app->add_option("--sample", options->sample, "So many of them, drawn with --seed; left out: all")->type_name("N");
  app->add_option("--seed", options->seed, "Of --sample")->capture_default_str();
  app->add_flag("--list", options->list, "Name the wrong servers, and run nothing");
  app->add_option("--profile", options->profile, "documented, observed, all, or {base: NAME, switch: value}")->capture_default_str();
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  app->add_option("-j,--jobs", options->jobs, "Wrong servers at a time")->check(CLI::Range(1, 64))->capture_default_str();
  app->add_flag("--strict", options->strict, "Judge every one as verify --strict does, not only those of what is assumed");
  app->add_flag("-v,--verbose", options->verbose, "Tell those that were found, too, and by what");
  app->add_option("--report-json", options->report_json, "Write a JSON report to this file")->type_name("FILE");
  app->footer(
      "Examples:\n"
      "  understudy mutate                                        the bundled scenarios, against every wrong server\n"
      "  understudy mutate --list --run '*/auth-ignored'          what there is\n"
      "  understudy mutate my/scenarios --api sellercloud --min-score 0.8\n"
      "  understudy mutate --run 'veeqo.createProduct/*' -v       which scenario finds which, and by what\n"
      "\nThe last line is `N killed, N survived, score 0.xx`; exit 1 when the score is below --min-score, 7 without a scenario.\n");
  return {app, [options] { return mutate(*options); }};
}

}  // namespace understudy
