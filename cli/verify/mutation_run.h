// Runs scenarios against mutants (mocks that are wrong on purpose), one after the other behind the same socket. Scenarios that
// probably detect a mutant run first; a mutant is done when one scenario fails.
#pragma once

#include <atomic>
#include <vector>

#include "conformance/measure/score.h"
#include "conformance/run/session.h"
#include "contracts/src/model/profile.h"
#include "mock/mutation/mutation.h"

namespace understudy {

struct MutationOptions {
  Profile profile;                     // of the mocks; a scenario may set its own
  std::size_t jobs = 1;                // mutants that run at a time
  Evidence level = Evidence::assumed;  // up to which statements the scenarios judge
  std::atomic<bool>* stop = nullptr;   // ends the run when another thread sets it
};

// Runs the scenarios on the correct mock first, to learn what they exercise. Fails with code suite-not-green if one does not pass
// there, because its failures would prove nothing about mutants.
Result<Score> run_mutants(const std::vector<Mutant>& mutants, const std::vector<Run>& runs, const Contracts& contracts,
                          const MutationOptions& options);

}  // namespace understudy
