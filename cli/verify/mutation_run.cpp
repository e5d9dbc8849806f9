#include "cli/verify/mutation_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>

#include "cli/local_mock.h"
#include "conformance/run/runner.h"
#include "conformance/target/http_transport.h"
#include "mock/mutation/mutation_policy.h"

namespace understudy {
namespace {

// Calls `work(worker, index)` for every index below `count`, on as many threads as there are jobs.
template <class Work>
void share_out(std::size_t count, std::size_t jobs, const std::atomic<bool>* stop, Work work) {
  std::atomic<std::size_t> next{0};
  const auto loop = [&](std::size_t worker) {
    for (auto index = next++; index < count && (stop == nullptr || !stop->load()); index = next++) work(worker, index);
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < jobs; ++worker) threads.emplace_back(loop, worker);
  loop(0);
  for (auto& thread : threads) thread.join();
}

// A socket whose mock is replaced by each mutant, and the client that sends to it.
struct MutantServer {
  std::unique_ptr<LocalMock> mock;
  Target target;
  HttpTransport transport;
};

Result<std::vector<std::unique_ptr<MutantServer>>> open_servers(std::size_t count, const Contracts& contracts, const Profile& profile) {
  std::vector<std::unique_ptr<MutantServer>> servers;
  for (std::size_t i = 0; i < count; ++i) {
    auto mock = LocalMock::open(contracts, profile, 1);
    if (!mock) return tl::unexpected(mock.error());
    servers.push_back(std::make_unique<MutantServer>());
    servers.back()->target = (*mock)->target();
    servers.back()->mock = std::move(*mock);
  }
  return servers;
}

// What the scenarios exercise on the correct mock.
Result<std::unique_ptr<Coverage>> run_baseline(std::vector<std::unique_ptr<MutantServer>>& servers, const std::vector<Run>& runs,
                                               const Contracts& contracts, const MutationOptions& options) {
  auto coverage = std::make_unique<Coverage>(contracts);
  std::vector<VerdictKind> kinds(runs.size(), VerdictKind::passed);
  const RunOptions run_options{.stop = options.stop, .keeps_passed_messages = false};
  share_out(runs.size(), servers.size(), options.stop, [&](std::size_t worker, std::size_t index) {
    auto& server = *servers[worker];
    const RunContext context{
        .contracts = contracts, .target = server.target, .variables = Json::object(), .level = options.level, .journals = coverage.get()};
    kinds[index] = run_scenario(runs[index], context, run_options, server.transport).kind;
  });
  const bool stopped = options.stop != nullptr && options.stop->load();
  for (std::size_t i = 0; i < runs.size() && !stopped; ++i) {
    if (kinds[i] == VerdictKind::passed || kinds[i] == VerdictKind::skipped) continue;
    return tl::unexpected(make_problem(
        Failure::bad_file, "suite-not-green",
        fmt::format("{} is {} on the correct mock, so its failures prove nothing about mutants. Run understudy verify to see why",
                    runs[i].name, to_string(kinds[i])),
        Place{.file = runs[i].file->scenario.file}));
  }
  return coverage;
}

// A run to try against a mutant. Runs that exercise what the mutant changes come first, then those of its operation, then its API.
struct Candidate {
  std::size_t run = 0;
  int rank = 0;  // 0: a rule refused there, 1: exercises it, 2: calls its operation, 3: calls its API
};

bool has(const std::set<std::string>* names, const std::string& name) { return names != nullptr && names->contains(name); }

class Candidates {
 public:
  Candidates(const std::vector<Run>& runs, const Contracts& contracts, const Coverage& coverage) : runs_(runs), coverage_(coverage) {
    for (const auto& contract : contracts.apis) {
      for (const auto& operation : contract->operations) {
        auto& callers = by_operation_[operation.name];
        for (const auto& answer : operation.answers) {
          if (const auto* seen = coverage.find_seen(operation.name + " -> " + answer)) callers.insert(seen->begin(), seen->end());
        }
      }
    }
    for (const auto& run : runs) names_.push_back(scenario_name(run.file->scenario));
  }

  std::vector<Candidate> of(const Mutant& mutant) const {
    std::vector<Candidate> found;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (runs_[i].file->scenario.api != mutant.api) continue;
      const int rank = rank_of(mutant, names_[i]);
      // A mutant of one operation cannot be detected by a run that does not call it.
      if (rank < 3 || mutant.operation.empty()) found.push_back({i, rank});
    }
    std::stable_sort(found.begin(), found.end(), [](const Candidate& left, const Candidate& right) { return left.rank < right.rank; });
    return found;
  }

 private:
  int rank_of(const Mutant& mutant, const std::string& name) const {
    int rank = 3;
    if (const auto callers = by_operation_.find(mutant.operation); callers != by_operation_.end() && callers->second.contains(name))
      rank = 2;
    for (const auto& hint : mutant.hints) {
      if (has(coverage_.find_refused(hint), name)) return 0;
      if (has(coverage_.find_seen(hint), name)) rank = 1;
    }
    return rank;
  }

  const std::vector<Run>& runs_;
  const Coverage& coverage_;
  std::vector<std::string> names_;
  std::map<std::string, std::set<std::string>> by_operation_;
};

// Records the first step that failed, and its first error in one line.
void record_kill(const Verdict& verdict, MutantResult& result) {
  result.outcome = MutantResult::Outcome::killed;
  result.scenario = verdict.name;
  if (verdict.problem) result.finding = verdict.problem->message;
  for (const auto& step : verdict.steps) {
    if (!has_errors(step)) continue;
    result.step = step_label(step);
    for (const auto& difference : step.differences) {
      const auto& finding = difference.finding;
      if (finding.severity != Severity::error) continue;
      result.finding = fmt::format("{}{}{}: expected {}, found {}", finding.code, finding.pointer.empty() ? "" : " ", finding.pointer,
                                   finding.expected, finding.actual);
      return;
    }
  }
}

struct Trial {
  const MutationPolicy* policy = nullptr;
  std::vector<std::string> exercisers;  // scenarios of rank 0 and 1
  std::size_t notes = 0;
};

std::string list_names(const std::vector<std::string>& names) {
  std::vector<std::string> first(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(names.size(), 3)));
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > 3 ? fmt::format(" and {} more", names.size() - 3) : "");
}

std::string explain_survival(const Trial& trial) {
  const auto* policy = trial.policy;
  if (policy != nullptr && policy->opportunities() == 0) return "no scenario reaches it";
  if (policy != nullptr && policy->applied() == 0)
    return fmt::format("the mutant was reached {} times but had nothing to change", policy->opportunities());
  const std::string notes = trial.notes > 0 ? fmt::format("; {} notes about statements above the level", trial.notes) : "";
  if (policy != nullptr)
    return fmt::format("the mutant acted {} times, and every expectation accepts the responses{}", policy->applied(), notes);
  if (trial.exercisers.empty()) return "no scenario exercises it";
  return "its responses are accepted by " + list_names(trial.exercisers) + notes;
}

}  // namespace

Result<Score> run_mutants(const std::vector<Mutant>& mutants, const std::vector<Run>& runs, const Contracts& contracts,
                          const MutationOptions& options) {
  auto servers = open_servers(std::max<std::size_t>(options.jobs, 1), contracts, options.profile);
  if (!servers) return tl::unexpected(servers.error());
  const auto baseline = run_baseline(*servers, runs, contracts, options);
  if (!baseline) return tl::unexpected(baseline.error());
  const Candidates candidates(runs, contracts, **baseline);
  const RunOptions run_options{.stop = options.stop};

  Score score;
  score.results.resize(mutants.size());
  std::vector<char> done(mutants.size(), 0);
  share_out(mutants.size(), servers->size(), options.stop, [&](std::size_t worker, std::size_t index) {
    const auto& mutant = mutants[index];
    auto& result = score.results[index];
    result = {.id = mutant.id,
              .kind = mutant.kind,
              .api = mutant.api,
              .operation = mutant.operation,
              .what = mutant.what,
              .source = mutant.fact.source,
              .evidence = mutant.fact.evidence,
              .outcome = MutantResult::Outcome::survived,
              .scenarios = 0};
    done[index] = 1;
    auto& server = *(*servers)[worker];
    const auto policy = make_policy(mutant);
    server.mock->replace(
        std::make_shared<Mock>(apply_mutant(contracts, mutant), MockOptions{.profile = options.profile, .demo = false, .policy = policy}));
    const RunContext context{
        .contracts = contracts, .target = server.target, .variables = Json::object(), .level = options.level, .journals = nullptr};
    Trial trial{.policy = policy.get(), .notes = 0};
    for (const auto& candidate : candidates.of(mutant)) {
      if (options.stop != nullptr && options.stop->load()) {
        done[index] = 0;
        return;
      }
      const auto verdict = run_scenario(runs[candidate.run], context, run_options, server.transport);
      ++result.scenarios;
      trial.notes += count_notes(verdict);
      if (candidate.rank < 2) trial.exercisers.push_back(verdict.name);
      if (verdict.kind != VerdictKind::failed && verdict.kind != VerdictKind::errored) continue;
      record_kill(verdict, result);
      return;
    }
    // A mutant that is declared equivalent runs, too: if a scenario detects it, the declaration is wrong.
    if (!mutant.equivalent.empty()) result.outcome = MutantResult::Outcome::equivalent;
    result.reason = mutant.equivalent.empty() ? explain_survival(trial) : mutant.equivalent;
  });
  for (std::size_t i = mutants.size(); i-- > 0;) {
    if (done[i] != 0) continue;
    score.interrupted = true;
    score.results.erase(score.results.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return score;
}

}  // namespace understudy
