// Owns what a run says in the end: a Verdict for each scenario (and row, and profile), with the steps that were sent and
// how they differed. Plain values, secrets already removed (secrets.h); printing them is the reporters' business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/transport.h"
#include "contracts/src/finding.h"

namespace understudy {

// A finding with the line of the scenario that it is about.
struct Difference {
  Finding finding;
  std::string source_line;
};

struct StepReport {
  std::size_t number = 0;  // 1-based, as in the file; rows of a step share it
  std::string name;        // "" if it has none; with the row
  bool cleanup = false;
  std::string operation;  // sellercloud.createOrder; empty: the step says its own method and path
  Place place;
  Request request;
  TransportResult result;
  std::string answer;  // name of the answer that the response was taken for; may be empty
  std::vector<Difference> differences;
};

enum class VerdictKind { passed, failed, skipped, errored };
std::string_view to_string(VerdictKind kind);

struct Verdict {
  VerdictKind kind = VerdictKind::passed;
  std::string name;  // <api>/<file stem>, with the row: sellercloud/create-order [two letters]
  std::string title;
  std::string api;
  std::string file;
  std::string profile;                   // the one judged by
  std::vector<StepReport> steps;         // in the order they were sent
  std::string reason;                    // why skipped
  std::optional<Problem> problem;        // errored: why it could not go on
  std::vector<std::string> left_behind;  // what cleanup could not remove
  std::vector<std::string> kept = {};    // what the runner made for the stage and no operation removes
  bool known_failing = false;            // failed, and said to
  std::string known_reason;
  Milliseconds elapsed{0};
};

struct Counts {
  std::size_t passed = 0, failed = 0, skipped = 0, errored = 0, known = 0, notes = 0;
};

struct Summary {
  Counts counts;
  std::map<std::string, Counts> by_profile;
  std::vector<std::string> left_behind;  // scenario: what
  std::vector<Problem> problems;         // of errored scenarios, and of the known-failing list
  bool interrupted = false;              // ended before all were run
  Milliseconds elapsed{0};

  void add(const Verdict& verdict);
};

bool has_errors(const StepReport& step);
std::size_t count_notes(const Verdict& verdict);

}  // namespace understudy
