// `understudy compare`: runs the same scenarios on two targets and reports where their responses differ.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/verify/progress.h"
#include "cli/verify/runs.h"
#include "cli/verify/safety.h"
#include "cli/verify/target_options.h"
#include "conformance/compare/compare.h"
#include "conformance/target/http_transport.h"
#include "conformance/target/wait.h"
#include "contracts/src/base/terminal.h"

namespace understudy {
namespace {

constexpr const char* kMock = "mock";  // a mock in this process

struct SideOptions {
  std::string target, admin, profile;
};

struct ComparisonOptions {
  InputOptions inputs;
  std::string report_json;
  SideOptions left, right;
  TargetOptions common;
  SafetyOptions safety;
  CompareOptions compare;
  std::string color = "auto";
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::uint64_t seed = 1;
  bool verbose = false;
};

struct Side {
  const char* name;
  std::unique_ptr<LocalMock> local{};  // null: another target
  Target target{};
  std::vector<Profile> profiles{};
  std::vector<Run> runs{};
  Summary summary{};
};

class Collector : public Reporter {
 public:
  explicit Collector(std::vector<Verdict>& verdicts) : verdicts_(verdicts) {}
  void begin(const RunInfo&) override {}
  void add(const Verdict& verdict) override { verdicts_.push_back(verdict); }
  void end(const Summary&) override {}

 private:
  std::vector<Verdict>& verdicts_;
};

Result<Side> open_side(const char* name, const SideOptions& given, const ComparisonOptions& options, const Inputs& inputs,
                       SuiteOptions& suite) {
  Side side{.name = name};
  TargetOptions wanted = options.common;
  if (given.target != kMock) wanted.targets = {given.target};
  wanted.admin = given.admin;
  auto target = read_target(wanted, inputs.contracts);
  if (!target) return tl::unexpected(target.error());
  auto profiles = read_target_profiles(given.profile, *target, inputs.contracts);
  if (!profiles) return tl::unexpected(profiles.error());
  if (profiles->size() != 1)
    return tl::unexpected(usage_problem("many-profiles", "found --profile all, expected one profile for each side"));
  side.profiles = std::move(*profiles);
  side.target = std::move(*target);
  if (given.target == kMock) {
    if (!given.admin.empty())
      return tl::unexpected(usage_problem(
          "admin-without-target", "found --" + std::string(name) + "-admin for the mock in this process, which has its own admin API"));
    auto local = open_local_mock(inputs.contracts, side.profiles.front(), side.target);
    if (!local) return tl::unexpected(local.error());
    side.local = std::move(*local);
  }
  suite.profiles = side.profiles;
  auto runs = plan_runs(inputs.files, inputs.contracts, suite);
  if (!runs) return tl::unexpected(runs.error());
  side.runs = std::move(*runs);
  return side;
}

std::vector<Verdict> run_side(Side& side, const RunContext& shared, SuiteOptions suite, ProgressDisplay& progress) {
  suite.profiles = side.profiles;
  suite.make_transport = [&side] { return std::make_unique<HttpTransport>(side.target.connection); };
  std::vector<Verdict> verdicts;
  Collector collector(verdicts);
  suite.progress = &progress;
  side.summary = run_suite(side.runs, shared, suite, {&progress, &collector});
  return verdicts;
}

struct Counts {
  std::size_t alike = 0, drifted = 0, skipped = 0, errored = 0;

  void add(Comparison::Kind kind) {
    switch (kind) {
      case Comparison::Kind::alike: ++alike; break;
      case Comparison::Kind::drifted: ++drifted; break;
      case Comparison::Kind::skipped: ++skipped; break;
      case Comparison::Kind::errored: ++errored; break;
    }
  }
};

// The first of 8, 5, 3, 4, 2, 6, 7.
int exit_code_for_comparison(const Counts& counts, const Side& left, const Side& right, int signal) {
  for (const int worst : {kOurBug, kUnsafe, kBadFile, kUnreachable, kUsage}) {
    for (const Side* side : {&left, &right}) {
      const bool own_findings = side->local != nullptr && !side->local->own_findings().empty();
      if (exit_code_for_run(side->summary, own_findings, signal) == worst) return worst;
    }
  }
  if (signal != 0) return 128 + signal;
  if (counts.drifted > 0) return kDrift;
  return counts.alike == 0 ? kNothingRan : kPassed;
}

Result<void> write_report(const std::string& path, const std::vector<Comparison>& comparisons, const Counts& counts, const Side& left,
                          const Side& right) {
  if (path.empty()) return {};
  Json list = Json::array();
  for (const auto& comparison : comparisons) list.push_back(render_comparison_json(comparison));
  const Json report = {{"left", left.target.name},      {"right", right.target.name}, {"alike", counts.alike},
                       {"drifted", counts.drifted},     {"skipped", counts.skipped},  {"errored", counts.errored},
                       {"comparisons", std::move(list)}};
  auto file = open_report(path);
  if (!file) return tl::unexpected(file.error());
  *file << render_json_pretty(report) << "\n";
  return close_report(*file, path);
}

int compare(const ComparisonOptions& options) {
  StopSignals signals;
  const auto inputs = load_inputs(options.inputs);
  if (!inputs) return report_problems(inputs.error());

  SuiteOptions suite;
  suite.jobs = options.jobs;
  suite.seed = options.seed;
  suite.stop = &signals.stop();
  suite.pause = wait;
  auto left = open_side("left", options.left, options, *inputs, suite);
  if (!left) return report_problem(left.error());
  auto right = open_side("right", options.right, options, *inputs, suite);
  if (!right) return report_problem(right.error());
  std::vector<RunContext> contexts;
  std::vector<Safety> guards;
  for (Side* side : {&*left, &*right}) {
    contexts.push_back({.contracts = inputs->contracts, .target = side->target, .variables = inputs->variables});
    if (auto safe = check_safety(options.safety, side->target, side->runs, contexts.back()); !safe) return report_problem(safe.error());
    auto safety = open_safety(options.safety, side->target);
    if (!safety) return report_problem(safety.error());
    guards.push_back(std::move(*safety));
    contexts.back().guard = guards.back().guard.get();
  }
  ProgressDisplay progress(choose_progress_style(false), use_color(options.color, STDERR_FILENO), signals);
  const auto left_verdicts = run_side(*left, contexts[0], suite, progress);
  const auto right_verdicts = run_side(*right, contexts[1], suite, progress);

  std::vector<Comparison> comparisons;
  Counts counts;
  for (const Verdict& verdict : left_verdicts) {
    const auto other = std::ranges::find(right_verdicts, verdict.name, &Verdict::name);
    if (other == right_verdicts.end()) continue;  // a signal ended the run before its turn
    auto comparison = compare_verdicts(verdict, *other, options.compare);
    counts.add(comparison.kind);
    if (comparison.kind == Comparison::Kind::drifted || comparison.kind == Comparison::Kind::errored || options.verbose)
      std::cout << render_comparison(comparison);
    if (comparison.kind == Comparison::Kind::alike && options.verbose) std::cout << "alike: " << comparison.name << "\n";
    comparisons.push_back(std::move(comparison));
  }
  for (const Side* side : {&*left, &*right}) {
    report_unreachable(side->summary);
    for (const auto& what : side->summary.orphaned)
      std::cerr << "left behind on the " << side->name << ": " << escape_for_terminal(what) << "\n";
  }
  if (auto done = write_report(options.report_json, comparisons, counts, *left, *right); !done) return report_problem(done.error());
  std::cout << counts.alike << " alike, " << counts.drifted << " drifted, " << counts.skipped << " skipped";
  if (counts.errored > 0) std::cout << ", " << counts.errored << " errored";
  std::cout << std::endl;
  return exit_code_for_comparison(counts, *left, *right, signals.signal());
}

Options side_options(const std::string& name, SideOptions& side) {
  return group_options(
      name == "left" ? "Left" : "Right",
      {
          {"--" + name + " URL|FILE|mock", &side.target,
           "The target of this side: a URL, api=URL, a target file, or `mock` for a mock in this process.", required()},
          {"--" + name + "-admin" + " URL", &side.admin, "The URL of its admin API, if it is an understudy mock."},
          {"--" + name + "-profile", &side.profile, "The profile of this side: documented, observed, or {base: NAME, switch: value}."},
      });
}

}  // namespace

Command make_compare_command() {
  auto options = std::make_shared<ComparisonOptions>();
  const Options own = {
      {"--ignore POINTER", &options->compare.ignore, "Do not compare the body members at this JSON Pointer. '*' is any name or index."},
      color_option(options->color),
      {"--reasons", &options->compare.reasons, "Compare reason phrases, too."},
      {"-j,--jobs", &options->jobs, "Run this many scenarios at a time.", by_cores(in_range(1, 256))},
      {"--seed", &options->seed, "The seed of run ids, the same on both sides."},
      {"-v,--verbose", &options->verbose, "Print one line for each scenario."},
      {"--report-json FILE", &options->report_json, "Write the comparisons to this file."},
  };
  return {.name = "compare",
          .about = "Run scenarios on two targets, and report where their responses differ.",
          .options = input_options(options->inputs) + side_options("left", options->left) + side_options("right", options->right) +
                     account_options(options->common) + own + safety_options(options->safety),
          .examples =
              "Examples:\n"
              "  understudy compare --left mock --right mock --right-profile observed     where documents and live servers differ\n"
              "  understudy compare my/scenarios --left old.yaml --right new.yaml         before and after a change\n"
              "  understudy compare --left mock --right http://127.0.0.1:9000 --ignore /LastUpdated\n",
          .exits = {kBadFile, kUnreachable, kUnsafe, kDrift, kNothingRan, kOurBug},
          .run = [options] { return compare(*options); }};
}

}  // namespace understudy
