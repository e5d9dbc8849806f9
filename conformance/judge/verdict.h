// The result of a run: a Verdict for each scenario (and row, and profile), with the steps that were sent and their differences. Plain
// values without secrets (secrets.h removes them); reporters print them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/judge/rule_text.h"
#include "conformance/target/transport.h"
#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"

namespace understudy {

// A finding with its line of the scenario and the text of its rule.
struct Difference {
  Finding finding;
  std::string source_line;
  RuleText rule;
};

// One expectation with the names filled in: of a whole response, or of one element of a batch.
struct ExpectedPart {
  std::string title;                     // operation of a call; "" for a whole response
  std::string within;                    // JSON Pointer to the judged part of the response's body: "" or /1
  Json words = Json::object();           // as written: answer, status, reason, headers, body, text, transport, contract
  std::optional<Json> body;              // what the body is compared with; matchers are data in it
  std::vector<std::size_t> differences;  // indices into the step's differences, their pointers relative to `within`
};

struct StepReport {
  std::size_t number = 0;  // 1-based, as in the file; rows of a step share it
  std::string name;        // "" if it has none; with the row
  bool cleanup = false;
  std::string operation;  // sellercloud.createOrder; empty: the step names its own method and path
  Place place;
  Request request;
  TransportResult result;
  std::string answer;            // name of the answer that the response was taken for; may be empty
  std::string called;            // the operation that the request reached, qualified, also inside a batch and for a login; empty: unknown
  bool looks_missing = false;    // the answer says that there is no such operation
  bool expects_missing = false;  // such an answer may be right: 404, 405 or 501 was expected
  bool inspects = false;         // it only reads the result of other operations
  std::vector<Difference> differences;
  std::string source_line;             // of `place`
  std::vector<ExpectedPart> expected;  // in the order of the response; empty: nothing was sent or judged
};

enum class VerdictKind { passed, failed, skipped, errored };
std::string_view to_string(VerdictKind kind);

struct Verdict {
  VerdictKind kind = VerdictKind::passed;
  std::string name;  // <api>/<file stem>, with the row: sellercloud/create-order [two letters]
  std::string title;
  std::string api;
  std::string file;
  std::string profile;                     // the one judged by
  std::vector<StepReport> steps;           // in the order they were sent
  std::string reason;                      // why skipped
  std::optional<Problem> problem;          // errored: why the run could not continue
  std::vector<std::string> orphaned;       // what cleanup could not remove
  std::vector<std::string> not_removable;  // records that the runner made and no operation removes
  std::set<std::string> not_judged;        // operations that the target does not implement
  bool known_failing = false;              // failed, and listed as failing
  std::string known_reason;
  Milliseconds elapsed{0};
  std::vector<std::string> labels;
  Json given = Json::object();  // what was arranged, as written: clock, profile, settings, faults, records
};

struct Counts {
  std::size_t passed = 0, failed = 0, skipped = 0, errored = 0, known = 0, notes = 0;
};

// Differences of the same rule, aspect and member: one repair solves them all.
struct Cause {
  Difference difference;            // the first one; the elements of lists in its pointer are '*'
  std::set<std::string> scenarios;  // that it makes fail
  std::string example, place;       // the first of them, with its step; the request and its place
  std::string refusal;              // the body of its response, if that is a refusal for which something else was expected
};

struct Summary {
  Counts counts;
  std::vector<Cause> causes;                   // of the errors; those that explain most scenarios first
  std::map<std::string, std::size_t> missing;  // operation that the target does not implement -> scenarios that were skipped for it
  std::map<std::string, Counts> by_profile;
  std::vector<std::string> orphaned;  // scenario: what
  std::vector<Problem> problems;      // of errored scenarios, and of the known-failing list
  bool interrupted = false;           // ended before all runs were done
  Milliseconds elapsed{0};

  void add(const Verdict& verdict);
  void sort_causes();
};

// What to do about a cause, in one sentence.
std::string advise(const Cause& cause);

// The name of a run without the " #2" of a repetition.
std::string name_without_turn(const std::string& name);
// "step 2 (again)", "cleanup 1"
std::string step_label(std::size_t number, const std::string& name, bool cleanup);
std::string step_label(const StepReport& step);
const Difference* find_error(const StepReport& step);  // the first; null: none
bool has_errors(const StepReport& step);
std::size_t count_notes(const Verdict& verdict);

}  // namespace understudy
