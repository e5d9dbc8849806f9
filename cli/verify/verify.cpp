// `understudy verify`: runs scenarios against an implementation and checks every response.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/verify/claim_files.h"
#include "cli/verify/generated.h"
#include "cli/verify/login_hint.h"
#include "cli/verify/progress.h"
#include "cli/verify/reports.h"
#include "cli/verify/runs.h"
#include "cli/verify/verify_options.h"
#include "cli/verify/verify_recording.h"
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

// The table goes to standard error, because the last line of standard output must be the counts.
int conclude_coverage(const Coverage& coverage, const VerifyOptions& options, int code) {
  std::cerr << coverage.render();
  const auto [done, all] = coverage.count("", Evidence::documented);
  const bool enough = static_cast<double>(done) >= options.min_coverage * static_cast<double>(all);
  if (!enough) std::cerr << "error: documented coverage is below --min-coverage " << options.min_coverage << " [coverage-too-low]\n";
  return code == kPassed && !enough ? kFindings : code;
}

// Runs with a fixed clock and fixed ids: their responses must be identical to the byte.
std::set<std::string> find_exact(const std::vector<Run>& runs, const Target& target) {
  std::set<std::string> names;
  for (const Run& run : runs) {
    if (target.can_arrange() && run.turn == 1 && run.file->scenario.given.clock) names.insert(run.name);
  }
  return names;
}

// Up to which statements the target is judged.
Result<Evidence> choose_level(const VerifyOptions& options, const Target& target, const Profile& profile) {
  if (options.strict && !options.level.empty() && options.level != "assumed")
    return tl::unexpected(usage_problem("contradiction", "found both --strict and --level, expected one of them"));
  if (!options.level.empty()) return read_level(options.level);
  if (options.strict || target.can_arrange()) return Evidence::assumed;
  return profile.base == "observed" ? Evidence::observed : Evidence::documented;
}

// The operations of --operation or of the target file. A name without its API means that operation of every API that the target has.
Result<void> read_operations(const std::vector<std::string>& names, const Target& target, const Contracts& contracts, SuiteOptions& suite) {
  auto& found = suite.operations = target.operations;
  if (!names.empty()) found.clear();
  for (const auto& name : names) {
    const auto operations = contracts.find_operations(name);
    if (operations.empty())
      return tl::unexpected(usage_problem(
          "unknown-operation", "found --operation '" + name + "', which no contract has" + contracts.did_you_mean_operation(name)));
    std::vector<std::string> here;
    for (const auto* operation : operations) {
      if (find_base(target, contracts.contract_of(*operation)->api) != nullptr) here.push_back(operation->name);
    }
    if (here.size() > 1) suite.perhaps.insert(here.begin(), here.end());
    found.insert(here.begin(), here.end());
  }
  for (const auto& name : names) suite.perhaps.erase(name);  // named with its API
  return {};
}

int print_plan(const std::vector<Run>& runs, const RunContext& context) {
  std::size_t scenarios = 0, skipped = 0, reads = 0, writes = 0;
  for (const Run& run : runs) {
    const auto plan = plan_run(run, context);
    if (!plan) return report_problem(plan.error());
    std::cout << render_plan(*plan);
    ++(plan->skipped.empty() ? scenarios : skipped);
    for (const auto& planned : plan->requests) {
      if (!planned.request.method.empty()) ++(planned.is_write ? writes : reads);
    }
  }
  std::cout << "plan: " << scenarios << " scenarios, " << reads << " reads and logins, " << writes << " writes, " << skipped
            << " skipped; nothing was sent" << std::endl;
  return scenarios == 0 ? kNothingRan : kPassed;
}

bool generates(const VerifyOptions& options) { return options.generate || !options.generate_to.empty(); }

// Options that exclude each other, so that nothing is read or sent in vain.
std::optional<Problem> find_contradiction(const VerifyOptions& options) {
  if (!options.api.empty()) return usage_problem("api-without-from", "found --api without --from, expected both");
  if (options.report_claim.empty()) return std::nullopt;
  if (generates(options))
    return usage_problem("contradiction", "found both --report-claim and --generate; save the cases with --generate-to, then claim them");
  if (options.report_claim == "-")
    return usage_problem("claim-needs-files", "found --report-claim -, expected the name of a file: a claim is two files");
  return std::nullopt;
}

// What is run: files, and the implementation that they are run against.
struct Setup {
  Inputs inputs;
  Target target;
  std::vector<Profile> profiles;
  std::unique_ptr<LocalMock> local = nullptr;  // the target where none is named
};

tl::expected<Setup, std::vector<Problem>> read_setup(const VerifyOptions& options) {
  auto inputs = read_inputs(options.inputs);
  if (!inputs) return tl::unexpected(std::move(inputs.error()));
  const auto fail = [](Problem problem) { return tl::unexpected(std::vector<Problem>{std::move(problem)}); };
  auto target = read_target(options.target, inputs->contracts);
  if (!target) return fail(target.error());
  auto profiles = read_target_profiles(options.profile, *target, inputs->contracts);
  if (!profiles) return fail(profiles.error());
  Setup setup{.inputs = *std::move(inputs), .target = *std::move(target), .profiles = *std::move(profiles)};
  if (!options.target.targets.empty()) return setup;
  if (setup.target.admin) return fail(usage_problem("admin-without-target", "found --admin without --target, expected both"));
  auto local = open_local_mock(setup.inputs.contracts, setup.profiles.front(), setup.target);
  if (!local) return fail(local.error());
  setup.local = *std::move(local);
  return setup;
}

// `setup` and `signals` must outlive what is made.
Result<SuiteOptions> make_suite(const VerifyOptions& options, const Setup& setup, StopSignals& signals) {
  const Target& target = setup.target;
  SuiteOptions suite;
  suite.profiles = setup.profiles;
  suite.jobs = setup.local ? limit_local_jobs(options.jobs) : options.jobs;
  suite.repeat = options.check_determinism ? std::max<std::size_t>(options.repeat, 2) : options.repeat;
  suite.fail_fast = options.fail_fast;
  suite.stop = &signals.stop();
  suite.pause = wait;
  suite.version = UNDERSTUDY_VERSION;
  suite.make_transport = [&target] { return std::make_unique<HttpTransport>(target.connection); };
  // On a live account, the names of new records must differ from those of earlier runs.
  suite.seed = options.seed.value_or(target.can_arrange() ? 1 : draw_entropy());
  if (options.shuffle) suite.shuffle_seed = options.seed.value_or(draw_entropy() % 1'000'000);
  auto known = read_known_failing(options.known_failing);
  if (!known) return tl::unexpected(known.error());
  suite.known_failing = std::move(*known);
  std::ranges::copy(target.known_failing, std::back_inserter(suite.known_failing));
  return suite;
}

// The runs of the selected scenarios, generated ones included.
Result<std::vector<Run>> choose_runs(const VerifyOptions& options, const SuiteOptions& suite, Setup& setup) {
  if (generates(options)) {
    if (auto added = add_generated(options, suite, setup.target, setup.inputs); !added) return tl::unexpected(added.error());
  }
  if (auto selected = select_inputs(options.inputs, setup.inputs); !selected) return tl::unexpected(selected.error());
  auto runs = plan_runs(setup.inputs.files, setup.inputs.contracts, suite);
  if (runs && std::ranges::any_of(*runs, [](const Run& run) { return run.file->scenario.given.clock_runs; }))
    std::cerr << "note: a scenario says that its clock runs; here it stands still, so that runs repeat\n";
  return runs;
}

// Everything that listens to the verdicts of a run. What points to another member is set up in place, so it is not moved.
struct Listeners {
  std::unique_ptr<Reporter> text;
  std::optional<Coverage> coverage;
  Reports reports;
  std::optional<Determinism> determinism;
  std::optional<LoginHint> login_hint;  // nothing for a mock of ours
  std::optional<GeneratedFailures> failures;

  std::vector<Reporter*> all() {  // the text reporter last, because its counts must be the last line
    std::vector<Reporter*> reporters;
    for (const auto& reporter : reports.reporters) reporters.push_back(reporter.get());
    if (determinism) reporters.push_back(&*determinism);
    if (login_hint) reporters.push_back(&*login_hint);
    if (failures) reporters.push_back(&*failures);
    reporters.push_back(text.get());
    return reporters;
  }
};

Result<void> open_listeners(const VerifyOptions& options, const Setup& setup, const std::vector<Run>& runs, const SuiteOptions& suite,
                            Listeners& listeners) {
  const TextStyle style{.every_scenario = options.verbose, .color = use_color(options.color, STDOUT_FILENO), .notes = options.verbose};
  listeners.text = make_text_reporter(std::cout, style);
  if (options.coverage || options.min_coverage > 0) {
    if (!setup.target.can_arrange())
      return tl::unexpected(usage_problem("coverage-without-admin",
                                          "found --target without --admin, expected both: coverage is read from the journal of a mock"));
    listeners.coverage.emplace(setup.inputs.contracts);
  }
  auto claim =
      options.report_claim.empty() ? ClaimParts() : describe_claim(options.report_claim, options.inputs, setup.inputs, runs, suite);
  if (!claim) return tl::unexpected(claim.error());
  auto reports = open_reports(options, listeners.coverage ? &*listeners.coverage : nullptr, *std::move(claim));
  if (!reports) return tl::unexpected(reports.error());
  listeners.reports = *std::move(reports);
  if (options.check_determinism) listeners.determinism.emplace(find_exact(runs, setup.target));
  if (!setup.local) listeners.login_hint.emplace(setup.inputs.contracts);
  if (generates(options)) listeners.failures.emplace();
  return {};
}

Summary run_with_progress(const VerifyOptions& options, const std::vector<Run>& runs, const RunContext& context, SuiteOptions suite,
                          Listeners& listeners, StopSignals& signals) {
  ProgressDisplay progress(choose_progress_style(options.quiet), use_color(options.color, STDERR_FILENO), signals);
  suite.progress = &progress;
  auto reporters = listeners.all();
  reporters.insert(reporters.begin(), &progress);  // its line is gone before others write their ends
  return run_suite(runs, context, suite, reporters);
}

// Writes and prints what is known after the run; the exit code.
int conclude(const VerifyOptions& options, const Setup& setup, const Summary& summary, Listeners& listeners, const StopSignals& signals) {
  const auto own_findings = setup.local != nullptr ? setup.local->own_findings() : Json::array();
  if (!own_findings.empty())
    std::cerr << "the responses of the mock break its contract (a bug in understudy): " << render_json_pretty(own_findings) << "\n";
  int code = exit_code_for_run(summary, !own_findings.empty(), signals.signal());
  if (code == kPassed && options.require_all && !summary.missing.empty()) {
    std::cerr << "error: the target does not implement every operation, which --require-all demands [not-implemented]\n";
    code = kFindings;
  }
  if (auto done = close_reports(listeners.reports); !done) code = graver_exit_code(code, report_problem(done.error()));
  if (listeners.login_hint) std::cerr << listeners.login_hint->render();
  if (listeners.determinism) {
    std::cerr << listeners.determinism->render();
    if (code == kPassed && !listeners.determinism->agrees()) code = kFindings;
  }
  return listeners.coverage ? conclude_coverage(*listeners.coverage, options, code) : code;
}

int verify(const VerifyOptions& options) {
  if (!options.from.empty()) return verify_recording(options);
  if (const auto contradiction = find_contradiction(options)) return report_problem(*contradiction);
  StopSignals signals;
  auto setup = read_setup(options);
  if (!setup) return report_problems(setup.error());
  const auto& contracts = setup->inputs.contracts;
  const Target& target = setup->target;
  auto suite = make_suite(options, *setup, signals);
  if (!suite) return report_problem(suite.error());
  const auto level = choose_level(options, target, setup->profiles.front());
  if (!level) return report_problem(level.error());
  if (auto read = read_operations(options.operations, target, contracts, *suite); !read) return report_problem(read.error());
  const auto runs = choose_runs(options, *suite, *setup);
  if (!runs) return report_problem(runs.error());

  RunContext context{.contracts = contracts, .target = target, .variables = setup->inputs.variables, .level = *level};
  if (options.plan) return print_plan(*runs, context);
  if (auto safe = check_safety(options.safety, target, *runs, context); !safe) return report_problem(safe.error());
  const auto safety = open_safety(options.safety, target);
  if (!safety) return report_problem(safety.error());
  context.guard = safety->guard.get();
  Listeners listeners;
  if (auto opened = open_listeners(options, *setup, *runs, *suite, listeners); !opened) return report_problem(opened.error());
  context.journals = listeners.coverage ? &*listeners.coverage : nullptr;

  const auto summary = run_with_progress(options, *runs, context, *suite, listeners, signals);
  report_unreachable(summary);
  if (listeners.failures) listeners.failures->shrink(setup->inputs, context, *suite);
  if (!options.generate_to.empty()) {
    if (auto saved = save_generated(options.generate_to, setup->inputs); !saved) return report_problem(saved.error());
  }
  return conclude(options, *setup, summary, listeners, signals);
}

}  // namespace

Command make_verify_command() {
  auto options = std::make_shared<VerifyOptions>();
  return {.name = "verify",
          .about = "Run scenarios against an implementation, and check every response.",
          .options = verify_options(*options),
          .examples =
              "Examples:\n"
              "  understudy verify                                           run the bundled scenarios on a mock in this process\n"
              "  understudy verify --profile all --label orders\n"
              "  understudy verify --target http://127.0.0.1:9000            check your own implementation\n"
              "  understudy verify --target staging.yaml                     check what a target file describes (docs/targets.md)\n"
              "  understudy verify --from traffic.har                        judge a recording\n"
              "  understudy verify my.yaml --target http://127.0.0.1:8080 --admin http://127.0.0.1:8080\n",
          .exits = kRunExits,
          .run = [options] { return verify(*options); }};
}

}  // namespace understudy
