// The side-by-side view of an expected and an actual JSON body: lines of both, paired by JSON Pointer. The given findings decide which
// lines are wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

enum class LineKind {
  same,     // as expected
  changed,  // differs
  missing,  // expected but absent
  added,    // present but must be absent
  unasked,  // present, without an expectation
};

struct DiffLine {
  LineKind kind = LineKind::same;
  std::size_t depth = 0;
  std::string left, right;  // JSON of the line, or the description of the expectation; "" if there is none
  std::string pointer;
  std::vector<std::size_t> findings;  // the numbers of their marks
};

// A finding about the body: its place, a description of the expectation, and the number by which lines refer to it.
struct DiffMark {
  std::string pointer;
  std::string expected;
  std::size_t number = 0;
};

struct Diff {
  std::vector<DiffLine> lines;
  bool is_cut = false;  // there were more lines than the limit
};

// `expected`: null if the step expects nothing of the body; a mapping with a $word is a matcher and takes one line.
// `actual`: null if there was no JSON body.
Diff diff_json(const Json* expected, const Json* actual, const std::vector<DiffMark>& marks, std::size_t limit = 1500);

}  // namespace understudy
