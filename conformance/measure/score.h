// Owns the sum of a mutation run: which wrong servers a suite of scenarios told from a right one, which it did not and why. Serving
// the wrong servers is the command line's business; here is only what came of it, and how it is told.
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
    equivalent,  // every scenario passed, and the contract itself says that there is no difference to see
  };
  std::string id, kind, api, operation, what, source;
  Evidence evidence = Evidence::documented;  // of the statement that it breaks; assumed ones are judged as with --strict
  Outcome outcome = Outcome::survived;
  std::string scenario;       // killed: the run that failed first
  std::string step;           // step 2 (again)
  std::string finding;        // what was found there, in one line
  std::string reason;         // survived, equivalent: why
  std::size_t scenarios = 0;  // that were run against it
};
std::string_view to_string(MutantResult::Outcome outcome);

struct ScoreCounts {
  std::size_t killed = 0, survived = 0, equivalent = 0;

  void add(MutantResult::Outcome outcome);
  double score() const;  // killed of those that could be told, 0 to 1; 1 if there were none
};

struct Score {
  std::vector<MutantResult> results;  // in the order of the catalogue
  bool interrupted = false;

  ScoreCounts counts() const;
};

// One line for a survivor's head, indented ones for what and why; killed ones too with `every`. Ends with a table for each API and
// evidence and the line `N killed, N survived, score 0.xx` (cut, not rounded, after two digits).
void render_score(std::ostream& out, const Score& score, bool every);
Json render_score_json(const Score& score);

}  // namespace understudy
