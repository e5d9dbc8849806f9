#include "conformance/run/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "conformance/run/implemented.h"
#include "conformance/run/runner.h"
#include "conformance/run/unfinished.h"
#include "contracts/src/base/text.h"
#include "scenarios/src/model/collect.h"

namespace understudy {
namespace {

// Letters, digits, '.', '-' and '_' only: tenant names are sent in headers and bodies.
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

// A tenant is named by the scenario's stem; the API in front and a number behind make it unique where necessary.
class TenantNames {
 public:
  explicit TenantNames(const std::vector<const ScenarioFile*>& files) {
    for (const auto* file : files) ++stems_[file->scenario.stem];
  }

  std::string name(const Scenario& scenario, const std::string& row, const std::string& profile) {
    auto text = stems_[scenario.stem] > 1 ? scenario.api + "." + scenario.stem : scenario.stem;
    if (!row.empty()) text += "." + slug(row);
    if (!profile.empty()) text += "." + slug(profile);
    const auto count = ++taken_[text];
    return count == 1 ? text : fmt::format("{}.{}", text, count);
  }

 private:
  std::map<std::string, int> stems_;
  std::map<std::string, int> taken_;
};

// A scenario that pins a profile runs once: with the equal profile of the suite, else with the first one.
const Profile& find_equal_profile(const Profile& own, const std::vector<Profile>& profiles, const Contracts& contracts) {
  const auto found = std::ranges::find_if(profiles, [&](const Profile& other) {
    return std::ranges::all_of(contracts.apis,
                               [&](const auto& contract) { return resolve_profile(own, *contract) == resolve_profile(other, *contract); });
  });
  return found == profiles.end() ? profiles.front() : *found;
}

// Fisher-Yates with our own random numbers: the same order on every platform.
void shuffle(std::vector<Run>& runs, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = runs.size(); i > 1; --i) std::swap(runs[i - 1], runs[random.next() % i]);
}

// Takes the verdicts in the order in which workers finish, and reports them in the order of the runs. Thread-safe.
class VerdictCollector {
 public:
  // `implemented`: collects which operations the target has; null: they need not be found out.
  VerdictCollector(const std::vector<Run>& runs, const SuiteOptions& options, const std::vector<Reporter*>& reporters,
                   Implemented* implemented, bool is_local)
      : verdicts_(runs.size()),
        runs_(runs),
        options_(options),
        reporters_(reporters),
        matched_(options.known_failing.size(), false),
        implemented_(implemented),
        is_local_(is_local) {}

  void submit(std::size_t index, Verdict verdict) {
    const std::lock_guard lock(mutex_);
    apply_known_failures(verdict);
    if (implemented_ != nullptr) implemented_->observe(verdict);
    if (verdict.problem && verdict.problem->failure == Failure::unreachable) unreachable_ = true;
    const bool bad = (verdict.kind == VerdictKind::failed && !verdict.known_failing) || verdict.kind == VerdictKind::errored;
    if (bad && options_.fail_fast && !is_undecided(verdict)) ended_ = true;
    verdicts_[index] = std::move(verdict);
    while (next_ < verdicts_.size() && verdicts_[next_] && !is_undecided(*verdicts_[next_])) report(next_++);
  }

  // No further run should begin.
  bool is_ended() const {
    const std::lock_guard lock(mutex_);
    return ended_ || unreachable_ || (options_.stop != nullptr && options_.stop->load());
  }

  Summary close(Milliseconds elapsed) {
    const std::lock_guard lock(mutex_);
    for (; next_ < verdicts_.size(); ++next_) {
      if (verdicts_[next_])
        report(next_);
      else
        summary_.interrupted = true;
    }
    if (!summary_.interrupted) check_known_failures();
    summary_.sort_causes();
    summary_.elapsed = elapsed;
    for (auto* reporter : reporters_) reporter->end(summary_);
    return summary_;
  }

 private:
  bool is_undecided(const Verdict& verdict) const { return implemented_ != nullptr && implemented_->is_undecided(verdict); }

  void report(std::size_t index) {
    if (implemented_ != nullptr) implemented_->settle(*verdicts_[index], is_local_);
    summary_.add(*verdicts_[index]);
    for (auto* reporter : reporters_) reporter->add(*verdicts_[index]);
    verdicts_[index].emplace();  // frees the bodies
  }

  void apply_known_failures(Verdict& verdict) {
    for (std::size_t i = 0; i < options_.known_failing.size(); ++i) {
      const auto& known = options_.known_failing[i];
      if (!matches_known_failure(known, name_without_turn(verdict.name))) continue;
      matched_[i] = true;
      if (verdict.kind == VerdictKind::failed) {
        verdict.known_failing = true;
        verdict.known_reason = known.reason;
      } else if (verdict.kind == VerdictKind::passed) {
        verdict.kind = VerdictKind::errored;
        verdict.problem = make_problem(Failure::bad_file, "unexpected-pass",
                                       fmt::format("{} passed, but is listed as failing ({})", verdict.name, known.reason), known.place);
      }
    }
  }

  void check_known_failures() {
    std::vector<std::string> names;
    for (const Run& run : runs_) names.push_back(scenario_name(run.file->scenario));
    for (std::size_t i = 0; i < matched_.size(); ++i) {
      if (matched_[i]) continue;
      const auto& known = options_.known_failing[i];
      summary_.problems.push_back(make_problem(Failure::bad_file, "matches-nothing",
                                               fmt::format("found '{}', which is the name of no scenario of this run{}", known.pattern,
                                                           did_you_mean_pattern(known.pattern, names)),
                                               known.place));
    }
  }

  mutable std::mutex mutex_;
  std::vector<std::optional<Verdict>> verdicts_;
  std::size_t next_ = 0;
  const std::vector<Run>& runs_;
  const SuiteOptions& options_;
  const std::vector<Reporter*>& reporters_;
  std::vector<bool> matched_;
  Implemented* implemented_;
  bool is_local_;
  bool ended_ = false;
  bool unreachable_ = false;
  Summary summary_;
};

// Asks these APIs for a path that they do not have.
void ask_for_unknown_paths(const std::set<std::string>& apis, const Target& target, const SuiteOptions& options, Implemented& implemented) {
  if (apis.empty()) return;
  const auto transport = options.make_transport();
  for (const auto& api : apis) {
    const auto* base = find_base(target, api);
    if (base == nullptr) continue;
    Request request;
    request.method = "GET";
    request.target = join_target(*base, fmt::format("/no-such-path-{:x}", options.seed & 0xffffffU));
    request.headers = target.headers;
    auto result = transport->send(*base, request, {.deadline = target.deadline});
    if (result.outcome == Outcome::answered)
      implemented.set_unknown_answer(api, std::string(path_of(request.target)), std::move(result.response));
  }
}

}  // namespace

Result<std::vector<Run>> plan_runs(const std::vector<const ScenarioFile*>& files, const Contracts& contracts, const SuiteOptions& options) {
  TenantNames names(files);
  std::vector<Run> runs;
  for (const auto& profile : options.profiles) {
    const bool first = &profile == &options.profiles.front();
    for (const auto* file : files) {
      auto judged_by = profile;
      if (const auto& pinned = file->scenario.given.profile; !pinned.is_null()) {
        auto own = parse_profile(pinned, contracts);
        if (!own) return tl::unexpected(file->document.problem("/given/profile", own.error().code, own.error().message));
        if (&find_equal_profile(*own, options.profiles, contracts) != &profile) continue;
        judged_by = *own;
      }
      for (auto& row : expand_scenario(file->scenario)) {
        auto tenant = names.name(file->scenario, row.row, first ? "" : render_profile(profile));
        auto name = run_name(file->scenario, row);
        runs.push_back({.file = file,
                        .row = std::move(row),
                        .name = std::move(name),
                        .profile = judged_by,
                        .target_profile = profile,
                        .tenant = std::move(tenant),
                        .seed = options.seed + runs.size()});
      }
    }
  }
  if (options.shuffle_seed) shuffle(runs, *options.shuffle_seed);
  const auto once = runs.size();
  for (std::size_t turn = 2; turn <= options.repeat; ++turn) {
    for (std::size_t i = 0; i < once; ++i) {
      Run again = runs[i];
      again.turn = turn;
      again.name += fmt::format(" #{}", turn);
      again.seed = options.seed + runs.size();
      runs.push_back(std::move(again));
    }
  }
  return runs;
}

Summary run_suite(const std::vector<Run>& runs, const RunContext& given, const SuiteOptions& options,
                  const std::vector<Reporter*>& reporters) {
  RunContext context = given;
  Implemented implemented(options.operations, given.contracts, options.perhaps);
  const bool finds_out = !context.target.can_arrange() && (!implemented.is_declared() || !options.perhaps.empty());
  Unfinished unfinished;
  if (!context.target.can_arrange()) {
    context.implemented = &implemented;
    context.unfinished = &unfinished;
  }
  const auto start = std::chrono::steady_clock::now();
  RunInfo info{.target = context.target.name, .scenarios = runs.size(), .shuffle_seed = options.shuffle_seed};
  Secrets secrets;
  secrets.add_target(context.target, context.contracts);
  info.target = secrets.hide_text(info.target);
  info.version = options.version;
  info.started = Clock().now();
  info.seed = options.seed;
  info.level = context.level;
  for (const auto& profile : options.profiles) info.profiles.push_back(render_profile(profile));
  for (auto* reporter : reporters) reporter->begin(info);

  VerdictCollector collector(runs, options, reporters, finds_out ? &implemented : nullptr, find_remote_host(context.target).empty());
  std::atomic<std::size_t> next{0};
  std::size_t end = 0;  // of the turn; changed while no worker runs
  const RunOptions run_options{.stop = options.stop,
                               .pause = options.pause,
                               .progress = options.progress,
                               .keeps_passed_messages = std::ranges::any_of(reporters, &Reporter::shows_passed_messages)};
  const auto run_one = [&](std::size_t index, Transport& transport) {
    if (options.progress != nullptr) options.progress->begin_scenario(runs[index].name);
    collector.submit(index, run_scenario(runs[index], context, run_options, transport));
    if (options.progress != nullptr) options.progress->end_scenario(runs[index].name);
  };
  const auto work = [&] {
    const auto transport = options.make_transport();
    for (auto index = next++; index < end && !collector.is_ended(); index = next++) run_one(index, *transport);
  };
  // Turns do not overlap: a run and its repetition have the same tenant.
  while (end < runs.size() && !collector.is_ended()) {
    const auto turn = runs[end].turn;
    while (end < runs.size() && runs[end].turn == turn) ++end;
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < std::min(options.jobs, end - next); ++i) workers.emplace_back(work);
    work();
    for (auto& worker : workers) worker.join();
    next = end;
  }
  if (finds_out && !collector.is_ended()) ask_for_unknown_paths(implemented.apis_to_ask(), context.target, options, implemented);
  return collector.close(std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start));
}

}  // namespace understudy
