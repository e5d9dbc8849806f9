// Owns auditions: what the runner says when the bundled scenarios are played against a server that it can only send to.
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/verdict.h"
#include "scenarios/src/model/parse.h"

namespace understudy::test {

// Parsed once; a scenario that does not parse fails the test.
const std::vector<ScenarioFile>& bundled_scenarios();

// Names of the scenarios about what the vendors show beyond their documents: whole read models, the words of refusals, unknown paths. The
// reference server and its wrong variants have what documents name, so these are not played against them.
const std::vector<std::string>& beyond_the_documents();

struct Audition {
  std::vector<Verdict> verdicts;
  Counts counts;
};

// Plays the scenarios about one API (sellercloud) or one operation (sellercloud.createOrder); about nothing: all of them; without those of
// beyond_the_documents().
// Strict: what the contract only assumes is an error too.
Audition hold_audition(const std::string& url, const std::string& about, bool strict);

// Which operations a step was about: what it says, the calls of its batch, or those of the path it names. Empty: none.
std::vector<std::string> operations_of(const StepReport& step, const std::string& api);

}  // namespace understudy::test
