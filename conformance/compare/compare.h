// Compares the responses of two targets to the same scenario, exchange by exchange. Ids, times and tokens may differ. Judges neither side.
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/verdict.h"

namespace understudy {

struct CompareOptions {
  std::vector<std::string> ignore;  // JSON Pointers into bodies, excluded from the comparison; '*' matches any one token
  bool reasons = false;             // also compare reason phrases
};

// One difference between the two sides.
struct Drift {
  std::string step;     // "step 2 (again)"
  Place place;          // of the step
  std::string what;     // transport, status, reason, header <Name>, body, steps
  std::string pointer;  // JSON Pointer into the body
  std::string left, right;
};

struct Comparison {
  enum class Kind { alike, drifted, skipped, errored } kind = Kind::alike;
  std::string name;     // <api>/<file stem>, with the row
  std::string profile;  // of the left side; of both if they differ: documented | observed
  std::string reason;   // skipped or errored: the side, and why
  std::size_t exchanges = 0;
  std::vector<Drift> drifts;  // in the order of the steps; at most one for each place in a response
};
std::string_view to_string(Comparison::Kind kind);

// Compares two verdicts of one scenario. Values that were sent differently (run ids, captured ids) and ids that the servers chose are
// symbols: throughout the scenario, each left value must correspond to one right value. Times are equal if they have the same form.
Comparison compare_verdicts(const Verdict& left, const Verdict& right, const CompareOptions& options);

// A text block that ends with a newline; empty if the sides are alike.
std::string render_comparison(const Comparison& comparison);
Json render_comparison_json(const Comparison& comparison);

// The responses of one run as 16 hexadecimal digits; equal runs have equal digests. `exact`: byte for byte. Otherwise ids and times are
// replaced by the order in which they first appear.
std::string digest_of(const Verdict& verdict, bool exact);

}  // namespace understudy
