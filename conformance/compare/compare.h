// Owns the comparison of what two targets said to the same scenario: exchange by exchange, ids and times taken as symbols.
// Judging either of them is the runner's business, running both cli/'s.
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/verdict.h"

namespace understudy {

struct CompareOptions {
  std::vector<std::string> ignore;  // JSON Pointers into bodies, '*' stands for any one token: what is not compared
  bool reasons = false;             // compare reason phrases too
};

// One thing that the two sides answered differently.
struct Drift {
  std::string step;     // "step 2 (again)"
  Place place;          // of the step
  std::string what;     // transport, status, reason, header <Name>, body, steps
  std::string pointer;  // into the body
  std::string left, right;
};

struct Comparison {
  enum class Kind { alike, drifted, skipped, errored } kind = Kind::alike;
  std::string name;     // <api>/<file stem>, with the row
  std::string profile;  // of the left side, and of the right one if that is another: documented | observed
  std::string reason;   // of skipped and errored: which side, and why
  std::size_t exchanges = 0;
  std::vector<Drift> drifts;  // in the order of the steps; at most one for each place in an answer
};
std::string_view to_string(Comparison::Kind kind);

// Two verdicts of one scenario. What was sent differently on both sides (run ids, captured ids) and what both sides made up
// (members that name an id) are symbols: each left value stands for one right value throughout the scenario. Times are alike when
// they are written in the same form.
Comparison compare_verdicts(const Verdict& left, const Verdict& right, const CompareOptions& options);

// The block that people read, ends with a newline; empty if they are alike.
std::string render_comparison(const Comparison& comparison);
Json render_comparison_json(const Comparison& comparison);

// What came back in one run of a scenario, as a digest of 16 hexadecimal digits: equal runs have equal digests. `exact`: byte for
// byte; else ids and times count by where they first appeared.
std::string digest_of(const Verdict& verdict, bool exact);

}  // namespace understudy
