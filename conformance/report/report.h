// Owns the events of a run and who listens to them. Reporters write as verdicts come, in the stable order of the scenarios,
// whatever order the workers end in; they are called from one thread at a time.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "conformance/judge/verdict.h"

namespace understudy {

class Coverage;

// What is about to be run.
struct RunInfo {
  std::string target;  // as a person knows it
  std::vector<std::string> profiles;
  std::size_t scenarios = 0;  // verdicts to come, if nothing stops the run
  std::optional<std::uint64_t> shuffle_seed;
  std::string version = {};          // of understudy
  std::optional<Time> started = {};  // by the system's clock
  std::uint64_t seed = 1;            // of run ids
  bool strict = false;
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

struct GithubOptions {
  std::string workspace;                // folder of the checkout: files are named from there; "" leaves them as they are
  std::string resume_token;             // not guessable; between its lines the target's words are no commands. "" leaves the output alone
  std::ostream* summary = nullptr;      // Markdown for the step's page; null: none
  std::size_t summary_limit = 900'000;  // bytes: a page holds 1 MiB
};

// The streams, and the coverage if there is one, must outlive the reporter. JSON, JUnit and HTML are whole after every verdict where
// the stream can be written at an earlier place, so that what was judged can be read after a kill.
std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, TextStyle style);
std::unique_ptr<Reporter> make_json_reporter(std::ostream& out, const Coverage* coverage = nullptr);
std::unique_ptr<Reporter> make_ndjson_reporter(std::ostream& out, const Coverage* coverage = nullptr);  // an event a line, flushed
std::unique_ptr<Reporter> make_junit_reporter(std::ostream& out);
std::unique_ptr<Reporter> make_html_reporter(std::ostream& out, const Coverage* coverage = nullptr);
// Annotations come at the end, the worst first; `out` is the standard output of the step.
std::unique_ptr<Reporter> make_github_reporter(std::ostream& out, GithubOptions options);

// One failed step as people read it; starts `failed: <api>/<stem> step N (name)`, ends with a newline.
std::string render_failure(const Verdict& verdict, const StepReport& step);
std::string render_excerpt(std::string_view body, std::size_t max_length = 400);  // one line, control characters shown, cut with ...

}  // namespace understudy
