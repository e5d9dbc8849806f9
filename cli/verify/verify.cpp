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

// Empty without --report-claim.
Result<ClaimParts> describe_wanted_claim(const VerifyOptions& options, const Inputs& inputs, const std::vector<Run>& runs,
                                         const SuiteOptions& suite) {
  if (options.report_claim.empty()) return ClaimParts();
  if (options.generate || !options.generate_to.empty())
    return tl::unexpected(
        usage_problem("contradiction", "found both --report-claim and --generate; save the cases with --generate-to, then claim them"));
  if (options.report_claim == "-")
    return tl::unexpected(usage_problem("claim-needs-files", "found --report-claim -, expected the name of a file: a claim is two files"));
  return describe_claim(options.report_claim, options.inputs, inputs, runs, suite);
}

int verify(const VerifyOptions& options) {
  if (!options.from.empty()) return verify_recording(options);
  if (!options.api.empty()) return report_problem(usage_problem("api-without-from", "found --api without --from, expected both"));
  StopSignals signals;
  auto inputs = read_inputs(options.inputs);
  if (!inputs) return report_problems(inputs.error());
  const auto& contracts = inputs->contracts;
  auto target = read_target(options.target, contracts);
  if (!target) return report_problem(target.error());
  const auto profiles = read_target_profiles(options.profile, *target, contracts);
  if (!profiles) return report_problem(profiles.error());

  std::unique_ptr<LocalMock> local;
  if (options.target.targets.empty()) {
    if (target->admin) return report_problem(usage_problem("admin-without-target", "found --admin without --target, expected both"));
    auto opened = open_local_mock(contracts, profiles->front(), *target);
    if (!opened) return report_problem(opened.error());
    local = std::move(*opened);
  }

  SuiteOptions suite;
  suite.profiles = *profiles;
  suite.jobs = options.jobs;
  if (local) suite.jobs = limit_local_jobs(suite.jobs);
  suite.repeat = options.check_determinism ? std::max<std::size_t>(options.repeat, 2) : options.repeat;
  suite.fail_fast = options.fail_fast;
  suite.stop = &signals.stop();
  suite.pause = wait;
  suite.version = UNDERSTUDY_VERSION;
  suite.make_transport = [&target] { return std::make_unique<HttpTransport>(target->connection); };
  // On a live account, the names of new records must differ from those of earlier runs.
  suite.seed = options.seed.value_or(target->can_arrange() ? 1 : draw_entropy());
  if (options.shuffle) suite.shuffle_seed = options.seed.value_or(draw_entropy() % 1'000'000);
  auto known = read_known_failing(options.known_failing);
  if (!known) return report_problem(known.error());
  suite.known_failing = std::move(*known);
  std::ranges::copy(target->known_failing, std::back_inserter(suite.known_failing));

  const auto level = choose_level(options, *target, profiles->front());
  if (!level) return report_problem(level.error());
  if (auto read = read_operations(options.operations, *target, contracts, suite); !read) return report_problem(read.error());
  const bool generates = options.generate || !options.generate_to.empty();
  if (generates) {
    if (auto added = add_generated(options, suite, *target, *inputs); !added) return report_problem(added.error());
  }
  if (auto selected = select_inputs(options.inputs, *inputs); !selected) return report_problem(selected.error());
  const auto runs = plan_runs(inputs->files, contracts, suite);
  if (!runs) return report_problem(runs.error());
  if (std::ranges::any_of(*runs, [](const Run& run) { return run.file->scenario.given.clock_runs; }))
    std::cerr << "note: a scenario says that its clock runs; here it stands still, so that runs repeat\n";
  RunContext context{.contracts = contracts, .target = *target, .variables = inputs->variables, .level = *level};
  if (options.plan) return print_plan(*runs, context);
  if (auto safe = check_safety(options.safety, *target, *runs, context); !safe) return report_problem(safe.error());
  const auto safety = open_safety(options.safety, *target);
  if (!safety) return report_problem(safety.error());
  context.guard = safety->guard.get();

  const TextStyle style{.every_scenario = options.verbose, .color = use_color(options.color, STDOUT_FILENO), .notes = options.verbose};
  const auto text = make_text_reporter(std::cout, style);
  std::optional<Coverage> coverage;
  if (options.coverage || options.min_coverage > 0) {
    if (!target->can_arrange())
      return report_problem(usage_problem("coverage-without-admin",
                                          "found --target without --admin, expected both: coverage is read from the journal of a mock"));
    coverage.emplace(contracts);
  }
  auto claim = describe_wanted_claim(options, *inputs, *runs, suite);
  if (!claim) return report_problem(claim.error());
  auto reports = open_reports(options, coverage ? &*coverage : nullptr, *std::move(claim));
  if (!reports) return report_problem(reports.error());
  std::vector<Reporter*> reporters;  // the text reporter last, because its counts must be the last line
  for (const auto& reporter : reports->reporters) reporters.push_back(reporter.get());
  std::optional<Determinism> determinism;
  if (options.check_determinism) reporters.push_back(&determinism.emplace(find_exact(*runs, *target)));
  std::optional<LoginHint> login_hint;
  if (!local) reporters.push_back(&login_hint.emplace(contracts));
  std::optional<GeneratedFailures> failures;
  if (generates) reporters.push_back(&failures.emplace());
  reporters.push_back(text.get());
  context.journals = coverage ? &*coverage : nullptr;
  const auto summary = [&] {
    ProgressDisplay progress(choose_progress_style(options.quiet), use_color(options.color, STDERR_FILENO), signals);
    suite.progress = &progress;
    reporters.insert(reporters.begin(), &progress);  // its line is gone before others write their ends
    return run_suite(*runs, context, suite, reporters);
  }();

  report_unreachable(summary);
  if (failures) failures->shrink(*inputs, context, suite);
  if (!options.generate_to.empty()) {
    if (auto saved = save_generated(options.generate_to, *inputs); !saved) return report_problem(saved.error());
  }
  const auto own_findings = local != nullptr ? local->own_findings() : Json::array();
  if (!own_findings.empty())
    std::cerr << "the responses of the mock break its contract (a bug in understudy): " << render_json_pretty(own_findings) << "\n";
  int code = exit_code_for_run(summary, !own_findings.empty(), signals.signal());
  if (code == kPassed && options.require_all && !summary.missing.empty()) {
    std::cerr << "error: the target does not implement every operation, which --require-all demands [not-implemented]\n";
    code = kFindings;
  }
  if (auto done = close_reports(*reports); !done) code = graver_exit_code(code, report_problem(done.error()));
  if (login_hint) std::cerr << login_hint->render();
  if (determinism) {
    std::cerr << determinism->render();
    if (code == kPassed && !determinism->agrees()) code = kFindings;
  }
  return coverage ? conclude_coverage(*coverage, options, code) : code;
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
