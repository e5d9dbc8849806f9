// Owns running scenarios against wrong servers: one mock after the other behind the same socket, the likeliest scenarios first, each
// mutant until the first scenario that fails.
#pragma once

#include <atomic>
#include <vector>

#include "conformance/measure/score.h"
#include "conformance/run/session.h"
#include "contracts/src/model/profile.h"
#include "mock/mutation/mutation.h"

namespace understudy {

struct MutationOptions {
  Profile profile;                    // of the mocks; scenarios may pin their own
  std::size_t jobs = 1;               // mutants at a time
  bool strict = false;                // judge every mutant so, not only those of what is assumed
  std::atomic<bool>* stop = nullptr;  // set from outside: ends the run
};

// First the right server: what the scenarios exercise there. Fails with code suite-not-green when one of them does not pass, for
// then nothing could be learned from its failing elsewhere.
Result<Score> run_mutants(const std::vector<Mutant>& mutants, const std::vector<Run>& runs, const Contracts& contracts,
                          const MutationOptions& options);

}  // namespace understudy
