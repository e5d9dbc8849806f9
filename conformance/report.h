// Owns the events of a run and who listens to them. Reporters write as verdicts come, in the stable order of the scenarios,
// whatever order the workers end in; they are called from one thread at a time.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "conformance/verdict.h"

namespace understudy {

// What is about to be run.
struct RunInfo {
  std::string target;  // as a person knows it
  std::vector<std::string> profiles;
  std::size_t scenarios = 0;  // verdicts to come, if nothing stops the run
  std::optional<std::uint64_t> shuffle_seed;
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void begin(const RunInfo& info) = 0;   // once
  virtual void add(const Verdict& verdict) = 0;  // once for each verdict
  virtual void end(const Summary& summary) = 0;  // once, also after an interrupted run
};

struct TextStyle {
  bool every_scenario = false;  // a line for each, not only for what is not green
  bool color = false;
  bool notes = false;  // print notes too
};

// The streams must outlive the reporter.
std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, TextStyle style);
std::unique_ptr<Reporter> make_json_reporter(std::ostream& out);
std::unique_ptr<Reporter> make_junit_reporter(std::ostream& out);

// One failed step as people read it; starts `failed: <api>/<stem> step N (name)`, ends with a newline.
std::string render_failure(const Verdict& verdict, const StepReport& step);
std::string render_excerpt(std::string_view body, std::size_t max_length = 400);  // one line, control characters shown, cut with ...

}  // namespace understudy
