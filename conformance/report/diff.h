// Owns the side-by-side view of what a body should be and what it was: lines of both, paired by JSON Pointer. Whether a line is
// wrong is said by the findings given, not decided here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

enum class LineKind {
  same,     // expected, and so it is
  changed,  // expected otherwise
  missing,  // expected, not there
  added,    // there, and must not be
  unasked,  // there; nothing was expected of it
};

struct DiffLine {
  LineKind kind = LineKind::same;
  std::size_t depth = 0;
  std::string left, right;  // JSON of that line, or the expectation's words; "" where there is nothing
  std::string pointer;
  std::vector<std::size_t> findings;  // numbers given with the marks
};

// A finding about the body: where, what was wanted in words, and the number that lines refer to it by.
struct DiffMark {
  std::string pointer;
  std::string expected;
  std::size_t number = 0;
};

struct Diff {
  std::vector<DiffLine> lines;
  bool is_cut = false;  // more than the limit
};

// `expected`: null if nothing was expected of the body; a mapping with a $word is a matcher and stands in one line.
// `actual`: null if there was no JSON body.
Diff diff_json(const Json* expected, const Json* actual, const std::vector<DiffMark>& marks, std::size_t limit = 1500);

}  // namespace understudy
