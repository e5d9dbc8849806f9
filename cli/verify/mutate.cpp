// `understudy mutate`: measures which wrong servers (mutants) a suite of scenarios detects.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/signals.h"
#include "cli/verify/mutation_run.h"
#include "conformance/run/suite.h"

namespace understudy {
namespace {

struct MutateOptions {
  std::vector<std::string> paths, run;
  std::string contracts, api, profile = "all", report_json;
  double min_score = 0.95;
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::size_t sample = 0;  // 0: all
  std::uint64_t seed = 1;
  bool list = false, verbose = false;
  std::string level = "assumed";
};

// The mutants of these APIs that the patterns match. A pattern without a match is an error, because it is probably mistyped.
Result<std::vector<Mutant>> choose_mutants(const MutateOptions& options, const Contracts& contracts, const std::set<std::string>& apis) {
  const auto level = read_level(options.level);
  if (!level) return tl::unexpected(level.error());
  std::vector<Mutant> chosen;
  std::vector<std::string> ids;
  std::vector<bool> matched(options.run.size(), false);
  for (const auto& contract : contracts.apis) {
    if (!apis.contains(contract->api)) continue;
    for (auto& mutant : find_mutants(*contract)) {
      ids.push_back(mutant.id);
      bool wanted = options.run.empty();
      for (std::size_t i = 0; i < options.run.size(); ++i) {
        if (!matches_glob(options.run[i], mutant.id)) continue;
        wanted = true;
        matched[i] = true;
      }
      if (wanted && mutant.fact.evidence <= *level) chosen.push_back(std::move(mutant));
    }
  }
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (!matched[i])
      return tl::unexpected(usage_problem("matches-nothing",
                                          "found --run '" + options.run[i] + "', expected the id of a mutant; --list prints them" +
                                              (options.run[i].find('/') == std::string::npos ? did_you_mean(options.run[i], ids)
                                                                                             : did_you_mean_pattern(options.run[i], ids))));
  }
  return chosen;
}

// Draws `size` mutants, the same for the same seed, and keeps the order of the catalogue.
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
  std::cerr << "error: found no scenario" << (api.empty() ? "" : " of " + api) << ", expected at least one [nothing-ran]\n";
  return kNothingRan;
}

int mutate(const MutateOptions& options) {
  StopSignals signals;
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return report_problem(contracts.error());
  if (auto known = check_api_name(options.api, *contracts); !known) return report_problem(known.error());
  const auto profiles = read_profiles(options.profile, *contracts);
  if (!profiles) return report_problem(profiles.error());
  const auto collected = load_linted(options.paths, *contracts);
  if (!collected.problems.empty()) return report_problems(collected.problems);

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
  if (!mutants) return report_problem(mutants.error());
  draw_sample(*mutants, options.sample, options.seed);
  if (options.list) {
    print_list(*mutants);
    return kPassed;
  }

  SuiteOptions suite;
  suite.profiles = *profiles;
  const auto runs = plan_runs(files, *contracts, suite);
  if (!runs) return report_problem(runs.error());
  std::ofstream report;
  if (!options.report_json.empty()) {
    auto opened = open_report(options.report_json);
    if (!opened) return report_problem(opened.error());
    report = std::move(*opened);
  }
  const auto score =
      run_mutants(*mutants, *runs, *contracts,
                  {.profile = profiles->front(), .jobs = options.jobs, .level = *read_level(options.level), .stop = &signals.stop()});
  if (!score) return report_problem(score.error());
  if (report.is_open()) {
    report << render_json_pretty(render_score_json(*score)) << "\n";
    if (auto done = close_report(report, options.report_json); !done) return report_problem(done.error());
  }
  render_score(std::cout, *score, options.verbose);
  if (signals.signal() != 0) return 128 + signals.signal();
  if (score->counts().score() >= options.min_score) return kPassed;
  std::cerr << "error: the score is below --min-score " << options.min_score << " [score-too-low]\n";
  return kFindings;
}

}  // namespace

Command make_mutate_command() {
  auto options = std::make_shared<MutateOptions>();
  return {.name = "mutate",
          .about = "Measure which wrong servers (mutants) a suite of scenarios detects.",
          .options =
              {
                  scenarios_option(options->paths),
                  {"--min-score", &options->min_score, "Fail if a smaller part of the mutants is detected.", in_range(0, 1)},
                  {"--api NAME", &options->api, "Use only scenarios and mutants of this API."},
                  {"--run PATTERN", &options->run, "Use only mutants whose id matches. '*' and '?' are wildcards."},
                  {"--sample N", &options->sample, "Draw this many mutants at random. Default: all."},
                  {"--seed", &options->seed, "The seed of --sample."},
                  {"--list", &options->list, "List the mutants, and run nothing."},
                  {"--profile", &options->profile, "Run in this profile: documented, observed, all, or {base: NAME, switch: value}."},
                  contracts_option(options->contracts),
                  {"-j,--jobs", &options->jobs, "Run this many mutants at a time.", by_cores(in_range(1, 64))},
                  {"--level LEVEL", &options->level,
                   "Use only mutants of statements up to this level, and judge as verify --level does: documented, published, observed, "
                   "assumed."},
                  {"-v,--verbose", &options->verbose, "Print the detected mutants, too, and what detected them."},
                  {"--report-json FILE", &options->report_json, "Write a JSON report to this file."},
              },
          .examples =
              "Examples:\n"
              "  understudy mutate                                        run the bundled scenarios against every mutant\n"
              "  understudy mutate --list --run '*/auth-ignored'          list these mutants\n"
              "  understudy mutate my/scenarios --api sellercloud --min-score 0.8\n"
              "  understudy mutate --run 'veeqo.createProduct/*' -v       print which scenario detects which mutant\n"
              "\nThe last line is `N killed, N survived, score 0.xx`. Exit code 1: the score is below --min-score. 7: no scenario.\n",
          .exits = {kFindings, kBadFile, kNothingRan, kOurBug},
          .run = [options] { return mutate(*options); }};
}

}  // namespace understudy
