// The result of a mutation run: which mutants a suite of scenarios detected, which it did not, and why; as text and as JSON.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"

namespace understudy {

struct MutantResult {
  enum class Outcome {
    killed,      // a scenario failed
    survived,    // every scenario passed
    equivalent,  // every scenario passed, and by the contract the mutant cannot be detected
  };
  std::string id, kind, api, operation, what, source;
  Evidence evidence = Evidence::documented;  // of the statement that it violates
  Outcome outcome = Outcome::survived;
  std::string scenario;       // killed: the run that failed first
  std::string step;           // step 2 (again)
  std::string finding;        // the first error of that step, in one line
  std::string reason;         // survived, equivalent: why
  std::size_t scenarios = 0;  // number of scenarios that were run against it
};
std::string_view to_string(MutantResult::Outcome outcome);

struct ScoreCounts {
  std::size_t killed = 0, survived = 0, equivalent = 0;

  void add(MutantResult::Outcome outcome);
  double score() const;  // killed / (killed + survived); 1 if there were none
};

struct Score {
  std::vector<MutantResult> results;  // in the order of the catalogue
  bool interrupted = false;

  ScoreCounts counts() const;
};

// Writes a block for each mutant that was not killed (for every one with `every`), a table by API and evidence, and the line
// `N killed, N survived, score 0.xx` (cut after two digits, not rounded).
void render_score(std::ostream& out, const Score& score, bool every);
Json render_score_json(const Score& score);

}  // namespace understudy
