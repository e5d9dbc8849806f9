// `understudy verify`: replays scenarios against an implementation and judges every answer.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <set>
#include <thread>

#include "cli/commands.h"
#include "cli/local_mock.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "cli/sources.h"
#include "cli/verify/reports.h"
#include "cli/verify/runs.h"
#include "cli/verify/verify_options.h"
#include "conformance/compare/determinism.h"
#include "conformance/run/plan.h"
#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"
#include "conformance/target/wait.h"

namespace understudy {
namespace {

Result<std::vector<KnownFailure>> read_known_failing(const std::string& path) {
  if (path.empty()) return std::vector<KnownFailure>();
  auto text = load_text(path);
  if (!text) return tl::unexpected(text.error());
  return parse_known_failures(*text, path);
}

// The table goes to standard error, so that the last line of standard output stays the sum.
int conclude_coverage(const Coverage& coverage, const VerifyOptions& options, int code) {
  std::cerr << coverage.render();
  const auto [done, all] = coverage.count("", Evidence::documented);
  const bool enough = static_cast<double>(done) >= options.min_coverage * static_cast<double>(all);
  if (!enough) std::cerr << "error: documented coverage is below --min-coverage " << options.min_coverage << " [coverage-too-low]\n";
  return code == kPassed && !enough ? kFindings : code;
}

// Runs whose time and ids are fixed: what comes back must be so to the byte.
std::set<std::string> find_exact(const std::vector<Run>& runs, const Target& target) {
  std::set<std::string> names;
  for (const Run& run : runs) {
    if (target.can_arrange() && run.turn == 1 && run.file->scenario.given.clock) names.insert(run.name);
  }
  return names;
}

int print_plan(const std::vector<Run>& runs, const RunContext& context) {
  std::size_t scenarios = 0, skipped = 0, reads = 0, writes = 0;
  for (const Run& run : runs) {
    const auto plan = plan_run(run, context);
    if (!plan) return complain(plan.error());
    std::cout << render_plan(*plan);
    ++(plan->skipped.empty() ? scenarios : skipped);
    for (const auto& one : plan->requests) {
      if (!one.request.method.empty()) ++(one.is_write ? writes : reads);
    }
  }
  std::cout << "plan: " << scenarios << " scenarios, " << reads << " reads and logins, " << writes << " writes, " << skipped
            << " skipped; nothing was sent" << std::endl;
  return scenarios == 0 ? kNothingRan : kPassed;
}

int verify(const VerifyOptions& options) {
  StopSignals signals;
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return complain(contracts.error());
  const auto collected = load_linted(options.paths, *contracts);
  if (!collected.problems.empty()) return complain(collected.problems);
  const auto selected = select_scenarios(collected.files, options.selection);
  if (!selected.unmatched.empty()) {
    return complain(usage("matches-nothing", "found '" + selected.unmatched.front() + "', which no scenario is called or labelled"));
  }

  auto target = read_target(options.target, *contracts);
  if (!target) return complain(target.error());
  const auto profiles = read_profiles(options.profile, *target, *contracts);
  if (!profiles) return complain(profiles.error());
  const auto variables = read_variables(options.variables);
  if (!variables) return complain(variables.error());

  std::unique_ptr<LocalMock> local;
  if (options.target.targets.empty()) {
    if (target->admin) return complain(usage("admin-without-target", "found --admin without --target, expected both"));
    const auto deadline = target->deadline;
    auto opened = LocalMock::open(*contracts, profiles->front(), 2);
    if (!opened) return complain(opened.error());
    local = std::move(*opened);
    target = local->target();
    target->deadline = deadline;
  }

  SuiteOptions suite;
  suite.profiles = *profiles;
  suite.jobs = options.jobs;
  suite.repeat = options.check_determinism ? std::max<std::size_t>(options.repeat, 2) : options.repeat;
  suite.fail_fast = options.fail_fast;
  suite.stop = &signals.stop();
  suite.pause = wait;
  suite.version = UNDERSTUDY_VERSION;
  suite.make_transport = [&target] { return std::make_unique<HttpTransport>(target->reach); };
  // What is made on a live account must have a name that no earlier run used.
  suite.seed = options.has_seed ? options.seed : target->can_arrange() ? 1 : draw_entropy();
  if (options.shuffle) suite.shuffle_seed = options.has_seed ? options.seed : draw_entropy() % 1'000'000;
  auto known = read_known_failing(options.known_failing);
  if (!known) return complain(known.error());
  suite.known_failing = std::move(*known);
  for (const auto& one : target->known_failing) suite.known_failing.push_back(one);

  const auto runs = plan_runs(selected.files, *contracts, suite);
  if (!runs) return complain(runs.error());
  RunContext context{.contracts = *contracts, .target = *target, .variables = *variables, .strict = options.strict};
  if (options.plan) return print_plan(*runs, context);
  if (auto safe = check_safety(options.safety, *target, *runs, context); !safe) return complain(safe.error());
  const auto safety = open_safety(options.safety, *target);
  if (!safety) return complain(safety.error());
  context.guard = safety->guard.get();

  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const TextStyle style{
      .every_scenario = options.verbose || terminal, .color = terminal && std::getenv("NO_COLOR") == nullptr, .notes = options.verbose};
  const auto text = make_text_reporter(std::cout, style);
  std::optional<Coverage> coverage;
  if (options.coverage || options.min_coverage > 0) {
    if (!target->can_arrange())
      return complain(usage("coverage-without-admin", "coverage is read from a mock's journal: found --target without --admin"));
    coverage.emplace(*contracts);
  }
  auto reports = open_reports(options, coverage ? &*coverage : nullptr);
  if (!reports) return complain(reports.error());
  std::vector<Reporter*> reporters;  // the text last, so that its sum is the last line
  for (const auto& one : reports->reporters) reporters.push_back(one.get());
  std::optional<Determinism> determinism;
  if (options.check_determinism) reporters.push_back(&determinism.emplace(find_exact(*runs, *target)));
  reporters.push_back(text.get());
  context.coverage = coverage ? &*coverage : nullptr;
  const auto summary = run_suite(*runs, context, suite, reporters);

  tell_unreachable(summary);
  if (auto done = close_reports(*reports); !done) return complain(done.error());
  const auto own = local != nullptr ? local->own_findings() : Json::array();
  if (!own.empty()) std::cerr << "the mock's own answers break its contract (a bug in understudy): " << render_json_pretty(own) << "\n";
  int code = exit_of(summary, !own.empty(), signals.signal());
  if (determinism) {
    std::cerr << determinism->render();
    if (code == kPassed && !determinism->agrees()) code = kFindings;
  }
  return coverage ? conclude_coverage(*coverage, options, code) : code;
}

}  // namespace

Command add_verify(CLI::App& parent) {
  auto* app = parent.add_subcommand("verify", "Replay scenarios against an implementation and judge every answer");
  auto options = std::make_shared<VerifyOptions>();
  app->add_option("scenarios", options->paths, "Scenario files or folders; left out: the bundled ones");
  add_verify_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  understudy verify                                           the bundled scenarios on a mock in this process\n"
      "  understudy verify --profile all --label orders\n"
      "  understudy verify --target http://127.0.0.1:9000            your own implementation\n"
      "  understudy verify --target staging.yaml                     what a target file says (docs/targets.md)\n"
      "  understudy verify my.yaml --target http://127.0.0.1:8080 --admin http://127.0.0.1:8080\n");
  return {app, [options] { return verify(*options); }};
}

}  // namespace understudy
