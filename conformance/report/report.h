// The events of a run, and the reporters that write them as text, JSON, NDJSON, JUnit, HTML and GitHub annotations. Verdicts arrive in the
// order of the scenarios, whatever order the workers finish in. Reporters are called from one thread at a time.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "conformance/judge/verdict.h"

namespace understudy {

class Coverage;

// The run that begins.
struct RunInfo {
  std::string target;  // its name for people
  std::vector<std::string> profiles;
  std::size_t scenarios = 0;  // number of verdicts to expect, unless the run is interrupted
  std::optional<std::uint64_t> shuffle_seed;
  std::string version = {};            // of understudy
  std::optional<Time> started = {};    // by the system's clock
  std::uint64_t seed = 1;              // of run ids
  Evidence level = Evidence::assumed;  // up to which statements are judged
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void begin(const RunInfo& info) = 0;   // once
  virtual void add(const Verdict& verdict) = 0;  // once for each verdict
  virtual void end(const Summary& summary) = 0;  // once, also after an interrupted run
  // Whether it shows the messages of scenarios that pass without a note. If no reporter of a run does, their verdicts have none.
  virtual bool shows_passed_messages() const { return true; }
};

struct TextStyle {
  bool every_scenario = false;  // a line for each scenario, not only for failed and skipped ones
  bool color = false;
  bool notes = false;  // print notes too
};

struct GithubOptions {
  std::string workspace;                // folder of the checkout: file names become relative to it; "": names stay unchanged
  std::string resume_token;             // random; disables workflow commands in the output until the end of the run. "": not disabled
  std::ostream* summary = nullptr;      // Markdown for the job summary; null: none
  std::size_t summary_limit = 900'000;  // bytes: a page holds 1 MiB
};

// The streams and the coverage must outlive the reporter. JSON and JUnit files are complete after every verdict (not on a pipe), so that
// they can be read after a killed run.
std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, TextStyle style);
std::unique_ptr<Reporter> make_json_reporter(std::ostream& out, const Coverage* coverage = nullptr);
std::unique_ptr<Reporter> make_ndjson_reporter(std::ostream& out, const Coverage* coverage = nullptr);  // one event per line, flushed
std::unique_ptr<Reporter> make_junit_reporter(std::ostream& out);
std::unique_ptr<Reporter> make_html_reporter(std::ostream& out, const Coverage* coverage = nullptr);
// Writes annotations at the end, the most important first; `out` is the standard output of the step.
std::unique_ptr<Reporter> make_github_reporter(std::ostream& out, GithubOptions options);

// One failed step as text: starts with `failed: <api>/<stem> step N (name)`, ends with a newline.
std::string render_failure(const Verdict& verdict, const StepReport& step);
std::string render_excerpt(std::string_view body, std::size_t max_length = 400);  // one line, control characters escaped, cut with ...

}  // namespace understudy
