// Runs many scenarios under one or more profiles: plan_runs() lists the runs, run_suite() gives them to workers, passes the verdicts to the
// reporters in a stable order and returns the summary.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "conformance/report/report.h"
#include "conformance/run/progress.h"
#include "conformance/run/session.h"
#include "conformance/target/known_failing.h"

namespace understudy {

struct SuiteOptions {
  std::vector<Profile> profiles;  // at least one; a scenario that pins its own runs once
  std::size_t jobs = 1;
  std::uint64_t seed = 1;                     // of run ids
  std::optional<std::uint64_t> shuffle_seed;  // of the order
  std::size_t repeat = 1;                     // turns, one after another
  bool fail_fast = false;
  std::vector<KnownFailure> known_failing;
  std::set<std::string> operations;   // qualified names of those that the target has; empty: found out by the run
  std::set<std::string> perhaps;      // those of them that came from a name of several APIs: found out by the run, too
  std::atomic<bool>* stop = nullptr;  // set from outside: ends the run, cleanup included
  std::function<void(Milliseconds)> pause;
  Progress* progress = nullptr;                                // may be null
  std::function<std::unique_ptr<Transport>()> make_transport;  // called once by each worker
  std::string version;                                         // of understudy, for reports
};

// Every run in the order of the reports, each with a tenant name of its own. Fails where a scenario pins an invalid profile.
Result<std::vector<Run>> plan_runs(const std::vector<const ScenarioFile*>& files, const Contracts& contracts, const SuiteOptions& options);

// Runs them all. A target that cannot be reached ends the suite; the summary's first problem says so.
Summary run_suite(const std::vector<Run>& runs, const RunContext& context, const SuiteOptions& options,
                  const std::vector<Reporter*>& reporters);

}  // namespace understudy
