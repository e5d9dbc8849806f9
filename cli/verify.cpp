// `understudy verify`: replays scenarios against an implementation and judges every answer.
#include <unistd.h>

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
#include "conformance/http_target.h"
#include "conformance/suite.h"
#include "conformance/wait.h"
#include "contracts/src/yaml.h"

namespace understudy {
namespace {

struct VerifyOptions {
  std::vector<std::string> paths, targets, variables;
  std::string contracts, admin, profile = "documented", known_failing, report_json, report_junit, deadline = "10s";
  Account account;
  Selection selection;
  std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::uint64_t seed = 0;
  bool has_seed = false, shuffle = false, fail_fast = false, strict = false, allow_writes = false, verbose = false, coverage = false;
  double min_coverage = 0;  // of what is documented, 0 to 1
};

Problem usage(std::string code, std::string message) {
  return {.failure = Failure::usage, .code = std::move(code), .message = std::move(message), .place = {}, .source_line = {}};
}

Result<std::vector<Profile>> read_profiles(const std::string& text, const Contracts& contracts) {
  if (text == "all") return standard_profiles();
  auto document = parse_yaml(text, "--profile");
  if (!document) return tl::unexpected(document.error());
  auto profile = parse_profile(document->root, contracts);
  if (!profile) return tl::unexpected(usage(profile.error().code, "--profile: " + profile.error().message));
  return std::vector<Profile>{*profile};
}

Result<Json> read_variables(const std::vector<std::string>& texts) {
  Json variables = Json::object();
  for (const auto& text : texts) {
    auto variable = parse_var(text);
    if (!variable) return tl::unexpected(usage(variable.error().code, "--var: " + variable.error().message));
    variables[variable->first] = variable->second;
  }
  return variables;
}

Result<Target> read_target(const VerifyOptions& options, const Contracts& contracts) {
  Target target;
  target.account = options.account;
  for (const auto& text : options.targets) {
    if (auto done = parse_target(text, contracts, target); !done) return tl::unexpected(done.error());
  }
  if (!options.admin.empty()) {
    auto admin = parse_url(options.admin);
    if (!admin) return tl::unexpected(admin.error());
    target.admin = *admin;
  }
  return target;
}

Result<std::vector<KnownFailure>> read_known_failing(const std::string& path) {
  if (path.empty()) return std::vector<KnownFailure>();
  auto text = load_text(path);
  if (!text) return tl::unexpected(text.error());
  return parse_known_failures(*text, path);
}

// The reporters asked for, with the files that they write to.
struct Reports {
  std::vector<std::unique_ptr<std::ofstream>> files;
  std::vector<std::unique_ptr<Reporter>> reporters;

  Result<void> add(const std::string& path, std::unique_ptr<Reporter> (*make)(std::ostream&)) {
    if (path.empty()) return {};
    auto file = std::make_unique<std::ofstream>(path, std::ios::binary);
    if (!*file) return tl::unexpected(usage("report-unwritable", "cannot write the report to " + path));
    reporters.push_back(make(*file));
    files.push_back(std::move(file));
    return {};
  }
};

int exit_of(const Summary& summary, bool own_findings, int signal) {
  if (signal != 0) return 128 + signal;
  const auto has = [&](Failure failure) {
    return std::any_of(summary.problems.begin(), summary.problems.end(), [&](const Problem& one) { return one.failure == failure; });
  };
  if (own_findings || has(Failure::internal)) return kOurBug;
  if (!summary.left_behind.empty() || has(Failure::unsafe)) return kUnsafe;
  if (has(Failure::bad_file)) return kBadFile;
  if (has(Failure::unreachable)) return kUnreachable;
  if (has(Failure::usage)) return kUsage;
  const auto& counts = summary.counts;
  if (counts.failed > 0) return kFindings;
  return counts.passed + counts.known == 0 ? kNothingRan : kPassed;
}

// Says once what no verdict can say: that the target is not there.
void tell_unreachable(const Summary& summary) {
  const auto found = std::find_if(summary.problems.begin(), summary.problems.end(),
                                  [](const Problem& one) { return one.failure == Failure::unreachable; });
  if (found != summary.problems.end()) std::cerr << render_problem(*found) << "\n";
}

Result<void> check_safety(const VerifyOptions& options, const Target& target, const std::vector<Run>& runs, const Contracts& contracts) {
  const auto host = find_remote_host(target);
  if (host.empty() || options.allow_writes) return {};
  const auto write = find_write(runs, contracts);
  if (write.empty()) return {};
  return tl::unexpected(
      Problem{.failure = Failure::unsafe,
              .code = "writes-not-allowed",
              .message = write + " would write to " + host + ", which is not this machine; --allow-writes permits it. Nothing was sent.",
              .place = {},
              .source_line = {}});
}

// The table goes to standard error, so that the last line of standard output stays the sum.
int conclude_coverage(const Coverage& coverage, const VerifyOptions& options, int code) {
  std::cerr << coverage.render();
  const auto [done, all] = coverage.count("", Evidence::documented);
  const bool enough = static_cast<double>(done) >= options.min_coverage * static_cast<double>(all);
  if (!enough) std::cerr << "error: documented coverage is below --min-coverage " << options.min_coverage << " [coverage-too-low]\n";
  return code == kPassed && !enough ? kFindings : code;
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

  const auto profiles = read_profiles(options.profile, *contracts);
  if (!profiles) return complain(profiles.error());
  const auto variables = read_variables(options.variables);
  if (!variables) return complain(variables.error());
  auto target = read_target(options, *contracts);
  if (!target) return complain(target.error());
  const auto deadline = parse_duration(options.deadline);
  if (!deadline) return complain(usage("bad-duration", "found --timeout " + options.deadline + ", expected a duration such as 10s"));

  std::unique_ptr<LocalMock> local;
  if (options.targets.empty()) {
    if (target->admin) return complain(usage("admin-without-target", "found --admin without --target, expected both"));
    auto opened = LocalMock::open(*contracts, profiles->front(), 2);
    if (!opened) return complain(opened.error());
    local = std::move(*opened);
    target = local->target();
  }
  target->deadline = *deadline;

  SuiteOptions suite;
  suite.profiles = *profiles;
  suite.jobs = options.jobs;
  suite.fail_fast = options.fail_fast;
  suite.stop = &signals.stop();
  suite.pause = wait;
  suite.make_transport = [] { return std::make_unique<HttpTransport>(); };
  // What is made on a live account must have a name that no earlier run used.
  suite.seed = options.has_seed ? options.seed : target->can_arrange() ? 1 : draw_entropy();
  if (options.shuffle) suite.shuffle_seed = options.has_seed ? options.seed : draw_entropy() % 1'000'000;
  auto known = read_known_failing(options.known_failing);
  if (!known) return complain(known.error());
  suite.known_failing = std::move(*known);

  const auto runs = plan_runs(selected.files, *contracts, suite);
  if (!runs) return complain(runs.error());
  if (auto safe = check_safety(options, *target, *runs, *contracts); !safe) return complain(safe.error());

  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const TextStyle style{
      .every_scenario = options.verbose || terminal, .color = terminal && std::getenv("NO_COLOR") == nullptr, .notes = options.verbose};
  const auto text = make_text_reporter(std::cout, style);
  Reports reports;
  if (auto done = reports.add(options.report_json, make_json_reporter); !done) return complain(done.error());
  if (auto done = reports.add(options.report_junit, make_junit_reporter); !done) return complain(done.error());
  std::vector<Reporter*> reporters = {text.get()};
  for (const auto& one : reports.reporters) reporters.push_back(one.get());

  std::optional<Coverage> coverage;
  if (options.coverage || options.min_coverage > 0) {
    if (!target->can_arrange())
      return complain(usage("coverage-without-admin", "coverage is read from a mock's journal: found --target without --admin"));
    coverage.emplace(*contracts);
  }
  const RunContext context{.contracts = *contracts,
                           .target = *target,
                           .variables = *variables,
                           .strict = options.strict,
                           .coverage = coverage ? &*coverage : nullptr};
  const auto summary = run_suite(*runs, context, suite, reporters);

  tell_unreachable(summary);
  const auto own = local != nullptr ? local->own_findings() : Json::array();
  if (!own.empty()) std::cerr << "the mock's own answers break its contract (a bug in understudy): " << render_json_pretty(own) << "\n";
  const int code = exit_of(summary, !own.empty(), signals.signal());
  return coverage ? conclude_coverage(*coverage, options, code) : code;
}

void add_target_options(CLI::App& app, VerifyOptions& options) {
  const std::string group = "Target";
  app.add_option("--target", options.targets,
                 "URL of the implementation under test, or api=URL for one API; may be repeated. Left out: a mock in this process")
      ->type_name("URL")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--admin", options.admin, "URL of the target's admin API, if it is an understudy mock: then everything can be arranged")
      ->type_name("URL")
      ->group(group);
  app.add_option("--username", options.account.username, "Of the account on the target")
      ->envname("UNDERSTUDY_USERNAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--password", options.account.password, "Of the account on the target")->envname("UNDERSTUDY_PASSWORD")->group(group);
  app.add_option("--api-key", options.account.key, "Of the account on the target")->envname("UNDERSTUDY_API_KEY")->group(group);
  app.add_option("--timeout", options.deadline, "For one exchange, from connecting to the last byte")->capture_default_str()->group(group);
  app.add_flag("--allow-writes", options.allow_writes, "Permit requests that write to a host that is not this machine")->group(group);
}

void add_run_options(CLI::App& app, VerifyOptions& options) {
  const std::string group = "Run";
  app.add_option("--run", options.selection.run, "Only scenarios whose api/name matches; '*' and '?' stand for anything")
      ->type_name("PATTERN")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--skip", options.selection.skip, "Not these")
      ->type_name("PATTERN")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--label", options.selection.labels, "Only scenarios with one of these labels")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--profile", options.profile, "documented, observed, all, or {base: NAME, switch: value}")
      ->capture_default_str()
      ->group(group);
  app.add_option("--var", options.variables, "name=value; wins over the scenario's variables")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--contracts", options.contracts, "Folder with contracts that add to or replace the bundled ones")->group(group);
  app.add_option("-j,--jobs", options.jobs, "Scenarios at a time")->check(CLI::Range(1, 256))->capture_default_str()->group(group);
  app.add_flag("--strict", options.strict, "Differences from what the contract only assumes are errors too")->group(group);
  app.add_flag("--shuffle", options.shuffle, "In random order; the seed is printed")->group(group);
  app.add_option("--seed", options.seed, "Of --shuffle and of run ids")
      ->each([&options](const std::string&) { options.has_seed = true; })
      ->group(group);
  app.add_flag("--fail-fast", options.fail_fast, "End at the first scenario that does not pass")->group(group);
  app.add_option("--known-failing", options.known_failing, "File with lines `pattern # reason`: these may fail, and must")->group(group);
}

void add_report_options(CLI::App& app, VerifyOptions& options) {
  const std::string group = "Reports";
  app.add_flag("-v,--verbose", options.verbose, "A line for each scenario, and notes")->group(group);
  app.add_flag("--coverage", options.coverage, "Say which answers, rules, rows and values of the contracts the run exercised");
  app.add_option("--min-coverage", options.min_coverage,
                 "Least part of what is documented that must be exercised, 0 to 1; implies --coverage")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--report-json", options.report_json, "Write a JSON report to this file")->type_name("FILE")->group(group);
  app.add_option("--report-junit", options.report_junit, "Write a JUnit report to this file")->type_name("FILE")->group(group);
}

}  // namespace

Command add_verify(CLI::App& parent) {
  auto* app = parent.add_subcommand("verify", "Replay scenarios against an implementation and judge every answer");
  auto options = std::make_shared<VerifyOptions>();
  app->add_option("scenarios", options->paths, "Scenario files or folders; left out: the bundled ones");
  add_target_options(*app, *options);
  add_run_options(*app, *options);
  add_report_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  understudy verify                                           the bundled scenarios on a mock in this process\n"
      "  understudy verify --profile all --label orders\n"
      "  understudy verify --target http://127.0.0.1:9000            your own implementation\n"
      "  understudy verify my.yaml --target http://127.0.0.1:8080 --admin http://127.0.0.1:8080\n");
  return {app, [options] { return verify(*options); }};
}

}  // namespace understudy
