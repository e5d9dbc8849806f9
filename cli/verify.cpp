// `understudy verify`: replays scenarios against an implementation and judges every answer.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <thread>

#include "cli/commands.h"
#include "cli/local_mock.h"
#include "cli/options.h"
#include "cli/reports.h"
#include "cli/signals.h"
#include "cli/sources.h"
#include "cli/verify_options.h"
#include "conformance/http_target.h"
#include "conformance/suite.h"
#include "conformance/wait.h"
#include "contracts/src/yaml.h"

namespace understudy {
namespace {

Result<std::vector<Profile>> read_profiles(const std::string& text, const Target& target, const Contracts& contracts) {
  if (text.empty()) return std::vector<Profile>{target.profile.value_or(Profile())};
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

Result<std::vector<KnownFailure>> read_known_failing(const std::string& path) {
  if (path.empty()) return std::vector<KnownFailure>();
  auto text = load_text(path);
  if (!text) return tl::unexpected(text.error());
  return parse_known_failures(*text, path);
}

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
  if (auto safe = check_safety(options, *target, *runs, *contracts); !safe) return complain(safe.error());

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
  reporters.push_back(text.get());
  const RunContext context{.contracts = *contracts,
                           .target = *target,
                           .variables = *variables,
                           .strict = options.strict,
                           .coverage = coverage ? &*coverage : nullptr};
  const auto summary = run_suite(*runs, context, suite, reporters);

  tell_unreachable(summary);
  if (auto done = close_reports(*reports); !done) return complain(done.error());
  const auto own = local != nullptr ? local->own_findings() : Json::array();
  if (!own.empty()) std::cerr << "the mock's own answers break its contract (a bug in understudy): " << render_json_pretty(own) << "\n";
  const int code = exit_of(summary, !own.empty(), signals.signal());
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
