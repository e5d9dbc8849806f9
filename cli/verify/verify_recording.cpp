#include "cli/verify/verify_recording.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "cli/inputs.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/verify/reports.h"
#include "conformance/report/report.h"
#include "conformance/traffic/traffic.h"
#include "contracts/src/har/read_recording.h"

namespace understudy {
namespace {

// Options about sending, which a recording does not need.
Result<void> check_options(const VerifyOptions& options) {
  const auto& selection = options.inputs.selection;
  const std::pair<bool, const char*> given[] = {
      {!options.inputs.paths.empty(), "scenarios"},
      {!selection.run.empty(), "--run"},
      {!selection.skip.empty(), "--skip"},
      {!selection.labels.empty(), "--label"},
      {!options.target.targets.empty(), "--target"},
      {!options.operations.empty(), "--operation"},
      {options.plan, "--plan"},
      {options.generate || !options.generate_to.empty(), "--generate"},
      {options.repeat > 1, "--repeat"},
      {options.check_determinism, "--check-determinism"},
      {options.shuffle, "--shuffle"},
      {options.fail_fast, "--fail-fast"},
      {!options.known_failing.empty(), "--known-failing"},
      {options.coverage || options.min_coverage > 0, "--coverage"},
      {!options.report_claim.empty(), "--report-claim"},
  };
  for (const auto& [is_given, name] : given) {
    if (is_given)
      return tl::unexpected(
          usage_problem("contradiction", std::string("found --from and ") + name + ", expected one of them: --from sends nothing"));
  }
  return {};
}

Result<Contracts> load_chosen(const VerifyOptions& options) {
  auto contracts = load_contracts(options.inputs.contracts);
  if (!contracts || options.api.empty()) return contracts;
  if (auto known = check_api_name(options.api, *contracts); !known) return tl::unexpected(known.error());
  std::erase_if(contracts->apis, [&](const auto& contract) { return contract->api != options.api; });
  return contracts;
}

Result<TrafficOptions> read_traffic_options(const VerifyOptions& options, const Contracts& contracts) {
  const auto profiles = read_target_profiles(options.profile, {}, contracts);
  if (!profiles) return tl::unexpected(profiles.error());
  TrafficOptions traffic{.file = options.from, .profile = profiles->front()};
  traffic.level = options.strict ? Evidence::assumed : traffic.profile.base == "observed" ? Evidence::observed : Evidence::documented;
  if (options.level.empty()) return traffic;
  const auto level = read_level(options.level);
  if (!level) return tl::unexpected(level.error());
  traffic.level = *level;
  return traffic;
}

// Why exchanges are unknown, most frequent first.
void report_unknown(const std::map<std::string, std::size_t>& reasons) {
  std::vector<std::pair<std::size_t, std::string>> ordered;
  for (const auto& [reason, count] : reasons) ordered.emplace_back(count, reason);
  std::ranges::sort(ordered, std::greater());
  for (const auto& [count, reason] : ordered)
    std::cerr << fmt::format("unknown: {} exchange{}: {}\n", count, count == 1 ? "" : "s", reason);
}

}  // namespace

int verify_recording(const VerifyOptions& options) {
  StopSignals signals;
  if (const auto right = check_options(options); !right) return report_problem(right.error());
  const auto contracts = load_chosen(options);
  if (!contracts) return report_problem(contracts.error());
  auto traffic = read_traffic_options(options, *contracts);
  if (!traffic) return report_problem(traffic.error());
  std::ifstream in(options.from, std::ios::binary);
  if (!in) return report_problem(usage_problem("file-unreadable", "cannot read " + options.from));
  auto reports = open_reports(options, nullptr, {});
  if (!reports) return report_problem(reports.error());
  const auto text = make_text_reporter(
      std::cout, {.every_scenario = options.verbose, .color = use_color(options.color, STDOUT_FILENO), .notes = options.verbose});
  std::vector<Reporter*> reporters;
  for (const auto& reporter : reports->reporters) reporters.push_back(reporter.get());
  reporters.push_back(text.get());

  const RunInfo info{.target = options.from,
                     .profiles = {render_profile(traffic->profile)},
                     .version = UNDERSTUDY_VERSION,
                     .started = Clock().now(),
                     .level = traffic->level};
  for (auto* reporter : reporters) reporter->begin(info);
  traffic->brief = reports->reporters.empty() && !options.verbose;
  TrafficJudge judge(*contracts, *traffic);
  Summary summary;
  std::map<std::string, std::size_t> unknown;
  const Stopwatch stopwatch;
  const auto read = read_recording(in, options.from, [&](const Exchange& exchange) {
    if (signals.stop()) return;
    const auto verdict = judge.judge(exchange);
    if (verdict.kind == VerdictKind::skipped) ++unknown[verdict.reason];
    summary.add(verdict);
    for (auto* reporter : reporters) reporter->add(verdict);
  });
  if (!read) summary.problems.push_back(read.error());
  summary.interrupted = signals.stop();
  summary.elapsed = Milliseconds(static_cast<std::int64_t>(stopwatch.microseconds() / 1000));
  summary.sort_causes();
  report_unknown(unknown);
  for (auto* reporter : reporters) reporter->end(summary);
  if (!read) report_problem(read.error());
  const int code = exit_code_for_run(summary, false, signals.signal());
  const auto closed = close_reports(*reports);
  return closed ? code : graver_exit_code(code, report_problem(closed.error()));
}

}  // namespace understudy
