#include "cli/verify/mutation_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>

#include "cli/local_mock.h"
#include "conformance/run/runner.h"
#include "conformance/target/http_transport.h"

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

// One socket with a mock behind it, and the client that talks to it.
struct Stand {
  std::unique_ptr<LocalMock> mock;
  Target target;
  HttpTransport transport;
};

Result<std::vector<std::unique_ptr<Stand>>> open_stands(std::size_t count, const Contracts& contracts, const Profile& profile) {
  std::vector<std::unique_ptr<Stand>> stands;
  for (std::size_t i = 0; i < count; ++i) {
    auto mock = LocalMock::open(contracts, profile, 1);
    if (!mock) return tl::unexpected(mock.error());
    stands.push_back(std::make_unique<Stand>());
    stands.back()->target = (*mock)->target();
    stands.back()->mock = std::move(*mock);
  }
  return stands;
}

// What the scenarios do on the right server.
struct Baseline {
  explicit Baseline(const Contracts& contracts) : coverage(contracts) {}

  Coverage coverage;
  std::vector<char> strictly_green;  // by run: passes even where what is assumed counts
};

Result<std::unique_ptr<Baseline>> run_baseline(std::vector<std::unique_ptr<Stand>>& stands, const std::vector<Run>& runs,
                                               const Contracts& contracts, const MutationOptions& options) {
  auto baseline = std::make_unique<Baseline>(contracts);
  baseline->strictly_green.assign(runs.size(), 0);
  std::vector<VerdictKind> lenient(runs.size(), VerdictKind::passed);
  const WalkOptions walk{.stop = options.stop};
  share_out(runs.size(), stands.size(), options.stop, [&](std::size_t worker, std::size_t index) {
    auto& stand = *stands[worker];
    RunContext context{
        .contracts = contracts, .target = stand.target, .variables = Json::object(), .strict = true, .coverage = &baseline->coverage};
    const auto strict = run_scenario(runs[index], context, walk, stand.transport).kind;
    baseline->strictly_green[index] = strict == VerdictKind::passed ? 1 : 0;
    if (strict == VerdictKind::passed) return;
    context.strict = false;
    context.coverage = nullptr;
    lenient[index] = run_scenario(runs[index], context, walk, stand.transport).kind;
  });
  const bool stopped = options.stop != nullptr && options.stop->load();
  for (std::size_t i = 0; i < runs.size() && !stopped; ++i) {
    if (lenient[i] == VerdictKind::passed || (lenient[i] == VerdictKind::skipped && !options.strict)) continue;
    return tl::unexpected(
        make_problem(Failure::bad_file, "suite-not-green",
                     fmt::format("{} is {} on the right mock; a scenario that does not pass there tells nothing about wrong "
                                 "ones. understudy verify says more",
                                 runs[i].name, to_string(lenient[i])),
                     Place{.file = runs[i].file->scenario.file}));
  }
  return baseline;
}

// Which runs to try against a mutant: those that met what it is about, then those that met its operation, then the rest of its API.
struct Candidate {
  std::size_t run = 0;
  int rank = 0;  // 0 met it where it refuses, 1 met it, 2 met its operation, 3 plays its API
};

bool has(const std::set<std::string>* names, const std::string& name) { return names != nullptr && names->contains(name); }

class Candidates {
 public:
  Candidates(const std::vector<Run>& runs, const Contracts& contracts, const Baseline& baseline) : runs_(runs), baseline_(baseline) {
    for (const auto& contract : contracts.apis) {
      for (const auto& operation : contract->operations) {
        auto& met = by_operation_[operation.name];
        for (const auto& answer : operation.answers) {
          if (const auto* seen = baseline.coverage.find_seen(operation.name + " -> " + answer)) met.insert(seen->begin(), seen->end());
        }
      }
    }
    for (const auto& run : runs) names_.push_back(scenario_name(run.file->scenario));
  }

  std::vector<Candidate> of(const Mutant& mutant, bool strict) const {
    std::vector<Candidate> found;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (runs_[i].file->scenario.api != mutant.api || (strict && baseline_.strictly_green[i] == 0)) continue;
      const int rank = rank_of(mutant, names_[i]);
      // What is wrong at one operation alone cannot show where it is not called.
      if (rank < 3 || mutant.operation.empty()) found.push_back({i, rank});
    }
    std::stable_sort(found.begin(), found.end(), [](const Candidate& left, const Candidate& right) { return left.rank < right.rank; });
    return found;
  }

 private:
  int rank_of(const Mutant& mutant, const std::string& name) const {
    int rank = 3;
    if (const auto met = by_operation_.find(mutant.operation); met != by_operation_.end() && met->second.contains(name)) rank = 2;
    for (const auto& hint : mutant.hints) {
      if (has(baseline_.coverage.find_refused(hint), name)) return 0;
      if (has(baseline_.coverage.find_seen(hint), name)) rank = 1;
    }
    return rank;
  }

  const std::vector<Run>& runs_;
  const Baseline& baseline_;
  std::vector<std::string> names_;
  std::map<std::string, std::set<std::string>> by_operation_;
};

// The first step that failed, and the first error there in one line.
void tell_kill(const Verdict& verdict, MutantResult& result) {
  result.outcome = MutantResult::Outcome::killed;
  result.scenario = verdict.name;
  if (verdict.problem) result.finding = verdict.problem->message;
  for (const auto& step : verdict.steps) {
    if (!has_errors(step)) continue;
    result.step = fmt::format("step {}{}", step.number, step.name.empty() ? "" : " (" + step.name + ")");
    for (const auto& difference : step.differences) {
      const auto& one = difference.finding;
      if (one.severity != Severity::error) continue;
      result.finding =
          fmt::format("{}{}{}: expected {}, found {}", one.code, one.pointer.empty() ? "" : " ", one.pointer, one.expected, one.actual);
      return;
    }
  }
}

struct Trial {
  const Misconduct* misconduct = nullptr;
  std::vector<std::string> met;  // scenarios of rank 0 and 1
  std::size_t notes = 0;
};

std::string list_names(const std::vector<std::string>& names) {
  std::vector<std::string> first(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(names.size(), 3)));
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > 3 ? fmt::format(" and {} more", names.size() - 3) : "");
}

std::string explain_survival(const Trial& trial) {
  const auto* misconduct = trial.misconduct;
  if (misconduct != nullptr && misconduct->met == 0) return "no scenario reaches it";
  if (misconduct != nullptr && misconduct->struck == 0)
    return fmt::format("reached {} times, and never was there anything to do wrong", misconduct->met.load());
  const std::string notes = trial.notes > 0 ? fmt::format("; {} notes about what is only assumed", trial.notes) : "";
  if (misconduct != nullptr)
    return fmt::format("done wrong {} times, and every expectation accepts it{}", misconduct->struck.load(), notes);
  if (trial.met.empty()) return "no scenario exercises it";
  return "what comes is accepted by " + list_names(trial.met) + notes;
}

}  // namespace

Result<Score> run_mutants(const std::vector<Mutant>& mutants, const std::vector<Run>& runs, const Contracts& contracts,
                          const MutationOptions& options) {
  auto stands = open_stands(std::max<std::size_t>(options.jobs, 1), contracts, options.profile);
  if (!stands) return tl::unexpected(stands.error());
  const auto baseline = run_baseline(*stands, runs, contracts, options);
  if (!baseline) return tl::unexpected(baseline.error());
  const Candidates candidates(runs, contracts, **baseline);
  const WalkOptions walk{.stop = options.stop};

  Score score;
  score.results.resize(mutants.size());
  std::vector<char> done(mutants.size(), 0);
  share_out(mutants.size(), stands->size(), options.stop, [&](std::size_t worker, std::size_t index) {
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
    auto& stand = *(*stands)[worker];
    const auto misconduct = mutant.deviation.kind == Deviation::Kind::none ? nullptr : std::make_shared<Misconduct>(mutant.deviation);
    stand.mock->replace(std::make_shared<Mock>(apply_mutant(contracts, mutant),
                                               MockOptions{.profile = options.profile, .demo = false, .misconduct = misconduct}));
    const bool strict = options.strict || mutant.fact.evidence == Evidence::assumed;
    const RunContext context{
        .contracts = contracts, .target = stand.target, .variables = Json::object(), .strict = strict, .coverage = nullptr};
    Trial trial{.misconduct = misconduct.get(), .notes = 0};
    for (const auto& candidate : candidates.of(mutant, strict)) {
      if (options.stop != nullptr && options.stop->load()) {
        done[index] = 0;
        return;
      }
      const auto verdict = run_scenario(runs[candidate.run], context, walk, stand.transport);
      ++result.scenarios;
      trial.notes += count_notes(verdict);
      if (candidate.rank < 2) trial.met.push_back(verdict.name);
      if (verdict.kind != VerdictKind::failed && verdict.kind != VerdictKind::errored) continue;
      tell_kill(verdict, result);
      return;
    }
    // What is said to be no different is tried all the same: a scenario that tells it apart is right.
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
