// `understudy compare`: the same scenarios on two targets, and what they answered differently.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

#include "cli/commands.h"
#include "cli/local_mock.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "cli/sources.h"
#include "cli/verify/runs.h"
#include "cli/verify/safety.h"
#include "cli/verify/target_options.h"
#include "conformance/compare/compare.h"
#include "conformance/target/http_transport.h"
#include "conformance/target/wait.h"

namespace understudy {
namespace {

constexpr const char* kMock = "mock";  // a mock in this process

struct SideOptions {
  std::string target, admin, profile;
};

struct ComparisonOptions {
  std::vector<std::string> paths, variables;
  std::string contracts, report_json;
  SideOptions left, right;
  TargetOptions common;
  SafetyOptions safety;
  Selection selection;
  CompareOptions compare;
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::uint64_t seed = 1;
  bool verbose = false;
};

// One side: where it is, and what runs there.
struct Side {
  const char* name;
  std::unique_ptr<LocalMock> local;
  Target target;
  std::vector<Profile> profiles;
  std::vector<Run> runs;
  Summary summary;
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

Result<Side> open_side(const char* name, const SideOptions& said, const ComparisonOptions& options, const Contracts& contracts,
                       const std::vector<const ScenarioFile*>& files, SuiteOptions& suite) {
  Side side{.name = name, .local = nullptr};
  TargetOptions wanted = options.common;
  if (said.target != kMock) wanted.targets = {said.target};
  wanted.admin = said.admin;
  auto target = read_target(wanted, contracts);
  if (!target) return tl::unexpected(target.error());
  auto profiles = read_profiles(said.profile, *target, contracts);
  if (!profiles) return tl::unexpected(profiles.error());
  if (profiles->size() != 1) return tl::unexpected(usage("many-profiles", "found --profile all, expected one profile for each side"));
  side.profiles = std::move(*profiles);
  side.target = std::move(*target);
  if (said.target == kMock) {
    if (!said.admin.empty()) return tl::unexpected(usage("admin-without-target", "the mock in this process has its own admin API"));
    auto local = LocalMock::open(contracts, side.profiles.front(), 2);
    if (!local) return tl::unexpected(local.error());
    side.local = std::move(*local);
    const auto deadline = side.target.deadline;
    side.target = side.local->target();
    side.target.deadline = deadline;
  }
  suite.profiles = side.profiles;
  auto runs = plan_runs(files, contracts, suite);
  if (!runs) return tl::unexpected(runs.error());
  side.runs = std::move(*runs);
  return side;
}

std::vector<Verdict> run_side(Side& side, const RunContext& shared, SuiteOptions suite) {
  suite.profiles = side.profiles;
  suite.make_transport = [&side] { return std::make_unique<HttpTransport>(side.target.reach); };
  std::vector<Verdict> verdicts;
  Collector collector(verdicts);
  side.summary = run_suite(side.runs, shared, suite, {&collector});
  return verdicts;
}

struct Sum {
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
int exit_of(const Sum& sum, const Side& left, const Side& right, int signal) {
  for (const int worst : {kOurBug, kUnsafe, kBadFile, kUnreachable, kUsage}) {
    for (const Side* side : {&left, &right}) {
      const bool own = side->local != nullptr && !side->local->own_findings().empty();
      if (exit_of(side->summary, own, signal) == worst) return worst;
    }
  }
  if (signal != 0) return 128 + signal;
  if (sum.drifted > 0) return kDrift;
  return sum.alike == 0 ? kNothingRan : kPassed;
}

Result<void> write_report(const std::string& path, const std::vector<Comparison>& comparisons, const Sum& sum, const Side& left,
                          const Side& right) {
  if (path.empty()) return {};
  Json list = Json::array();
  for (const auto& one : comparisons) list.push_back(render_comparison_json(one));
  const Json report = {{"left", left.target.name},      {"right", right.target.name}, {"alike", sum.alike},
                       {"drifted", sum.drifted},        {"skipped", sum.skipped},     {"errored", sum.errored},
                       {"comparisons", std::move(list)}};
  std::ofstream file(path, std::ios::binary);
  file << render_json_pretty(report) << "\n";
  file.close();
  if (!file) return tl::unexpected(usage("report-unwritable", "cannot write the report to " + path));
  return {};
}

int compare(const ComparisonOptions& options) {
  StopSignals signals;
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return complain(contracts.error());
  const auto collected = load_linted(options.paths, *contracts);
  if (!collected.problems.empty()) return complain(collected.problems);
  const auto selected = select_scenarios(collected.files, options.selection);
  if (!selected.unmatched.empty())
    return complain(usage("matches-nothing", "found '" + selected.unmatched.front() + "', which no scenario is called or labelled"));
  const auto variables = read_variables(options.variables);
  if (!variables) return complain(variables.error());

  SuiteOptions suite;
  suite.jobs = options.jobs;
  suite.seed = options.seed;
  suite.stop = &signals.stop();
  suite.pause = wait;
  auto left = open_side("left", options.left, options, *contracts, selected.files, suite);
  if (!left) return complain(left.error());
  auto right = open_side("right", options.right, options, *contracts, selected.files, suite);
  if (!right) return complain(right.error());
  std::vector<std::vector<Verdict>> verdicts;
  std::vector<RunContext> contexts;
  std::vector<Safety> guards;
  for (Side* side : {&*left, &*right}) {
    contexts.push_back({.contracts = *contracts, .target = side->target, .variables = *variables});
    if (auto safe = check_safety(options.safety, side->target, side->runs, contexts.back()); !safe) return complain(safe.error());
    auto safety = open_safety(options.safety, side->target);
    if (!safety) return complain(safety.error());
    guards.push_back(std::move(*safety));
    contexts.back().guard = guards.back().guard.get();
  }
  verdicts.push_back(run_side(*left, contexts[0], suite));
  verdicts.push_back(run_side(*right, contexts[1], suite));

  std::vector<Comparison> comparisons;
  Sum sum;
  for (const Verdict& verdict : verdicts[0]) {
    const auto other = std::find_if(verdicts[1].begin(), verdicts[1].end(), [&](const Verdict& one) { return one.name == verdict.name; });
    if (other == verdicts[1].end()) continue;  // ended by a signal before its turn
    auto one = compare_verdicts(verdict, *other, options.compare);
    sum.add(one.kind);
    if (one.kind == Comparison::Kind::drifted || one.kind == Comparison::Kind::errored || options.verbose)
      std::cout << render_comparison(one);
    if (one.kind == Comparison::Kind::alike && options.verbose) std::cout << "alike: " << one.name << "\n";
    comparisons.push_back(std::move(one));
  }
  for (const Side* side : {&*left, &*right}) {
    tell_unreachable(side->summary);
    for (const auto& what : side->summary.left_behind) std::cerr << "left behind on the " << side->name << ": " << what << "\n";
  }
  if (auto done = write_report(options.report_json, comparisons, sum, *left, *right); !done) return complain(done.error());
  std::cout << sum.alike << " alike, " << sum.drifted << " drifted, " << sum.skipped << " skipped";
  if (sum.errored > 0) std::cout << ", " << sum.errored << " errored";
  std::cout << std::endl;
  return exit_of(sum, *left, *right, signals.signal());
}

void add_side(CLI::App& app, const std::string& name, SideOptions& side) {
  const std::string group = name == "left" ? "Left" : "Right";
  app.add_option("--" + name, side.target, "URL, api=URL, target file, or mock: one in this process")
      ->type_name("URL|FILE|mock")
      ->required()
      ->group(group);
  app.add_option("--" + name + "-admin", side.admin, "URL of its admin API, if it is an understudy mock")->type_name("URL")->group(group);
  app.add_option("--" + name + "-profile", side.profile, "documented, observed, or {base: NAME, switch: value}")->group(group);
}

void add_repeated(CLI::App& app, const std::string& name, std::vector<std::string>& values, const char* about, const char* type) {
  app.add_option(name, values, about)->type_name(type)->take_all()->expected(1)->allow_extra_args(false);
}

}  // namespace

Command add_compare(CLI::App& parent) {
  auto* app = parent.add_subcommand("compare", "Replay scenarios on two targets and tell what they answer differently");
  auto options = std::make_shared<ComparisonOptions>();
  app->add_option("scenarios", options->paths, "Scenario files or folders; left out: the bundled ones");
  add_side(*app, "left", options->left);
  add_side(*app, "right", options->right);
  add_repeated(*app, "--run", options->selection.run, "Only scenarios whose api/name matches", "PATTERN");
  add_repeated(*app, "--skip", options->selection.skip, "Not these", "PATTERN");
  add_repeated(*app, "--label", options->selection.labels, "Only scenarios with one of these labels", "LABEL");
  add_repeated(*app, "--var", options->variables, "name=value; wins over the scenario's variables", "TEXT");
  add_repeated(*app, "--ignore", options->compare.ignore,
               "JSON Pointer into bodies that is not compared; '*' stands for any one name or index", "POINTER");
  app->add_flag("--reasons", options->compare.reasons, "Compare reason phrases, too");
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  app->add_option("--username", options->common.username, "Of the account on both sides [demo]")->envname("UNDERSTUDY_USERNAME");
  app->add_option("--password", options->common.password, "Of the account on both sides")->envname("UNDERSTUDY_PASSWORD");
  app->add_option("--api-key", options->common.api_key, "Of the account on both sides")->envname("UNDERSTUDY_API_KEY");
  app->add_option("--admin-token", options->common.admin_token, "What the admin APIs ask for")->envname("UNDERSTUDY_ADMIN_TOKEN");
  app->add_option("--timeout", options->common.deadline, "For one exchange [10s]");
  app->add_option("-j,--jobs", options->jobs, "Scenarios at a time")->check(CLI::Range(1, 256))->capture_default_str();
  app->add_option("--seed", options->seed, "Of run ids; the same on both sides")->capture_default_str();
  app->add_flag("-v,--verbose", options->verbose, "A line for each scenario");
  app->add_option("--report-json", options->report_json, "Write the comparisons to this file")->type_name("FILE");
  add_safety_options(*app, options->safety);
  app->footer(
      "Examples:\n"
      "  understudy compare --left mock --right mock --right-profile observed     where documents and live servers differ\n"
      "  understudy compare my/scenarios --left old.yaml --right new.yaml         before and after a change\n"
      "  understudy compare --left mock --right http://127.0.0.1:9000 --ignore /LastUpdated\n");
  return {app, [options] { return compare(*options); }};
}

}  // namespace understudy
