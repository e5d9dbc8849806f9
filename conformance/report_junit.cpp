#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "conformance/report.h"
#include "contracts/src/json.h"

namespace understudy {
namespace {

// XML 1.0 has no way to write most control characters.
std::string escape(std::string_view text) {
  std::string out;
  const bool valid = is_valid_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default: out += byte < 0x20 || (byte >= 0x80 && !valid) ? std::string("?") : std::string(1, c);
    }
  }
  return out;
}

double seconds(Milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

// The counts stand in front of the cases in this format, so cases are kept as text until the end.
class JunitReporter : public Reporter {
 public:
  explicit JunitReporter(std::ostream& out) : out_(out) {}

  void begin(const RunInfo& info) override { target_ = info.target; }

  void add(const Verdict& verdict) override {
    cases_ += fmt::format("    <testcase classname=\"understudy.{}\" name=\"{}\" file=\"{}\" time=\"{:.3f}\">", escape(verdict.api),
                          escape(verdict.profile.empty() ? verdict.name : verdict.name + " [" + verdict.profile + "]"),
                          escape(verdict.file), seconds(verdict.elapsed));
    switch (verdict.kind) {
      case VerdictKind::passed: break;
      case VerdictKind::skipped: cases_ += fmt::format("<skipped message=\"{}\"/>", escape(verdict.reason)); break;
      case VerdictKind::errored: {
        const auto message = verdict.problem ? render_problem(*verdict.problem) : std::string("could not go on");
        cases_ += fmt::format("<error message=\"{}\" type=\"{}\"/>", escape(message), verdict.problem ? verdict.problem->code : "errored");
        break;
      }
      case VerdictKind::failed: add_failure(verdict); break;
    }
    cases_ += "</testcase>\n";
  }

  void end(const Summary& summary) override {
    const auto& counts = summary.counts;
    const auto attributes = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                                        counts.passed + counts.failed + counts.skipped + counts.errored, counts.failed, counts.errored,
                                        counts.skipped, seconds(summary.elapsed));
    out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " << attributes << ">\n  <testsuite name=\"understudy verify "
         << escape(target_) << "\" " << attributes << ">\n"
         << cases_ << "  </testsuite>\n</testsuites>\n";
    out_.flush();
  }

 private:
  void add_failure(const Verdict& verdict) {
    if (verdict.known_failing) {
      cases_ += fmt::format("<skipped message=\"known failing: {}\"/>", escape(verdict.known_reason));
      return;
    }
    std::string text;
    std::string first;
    for (const auto& step : verdict.steps) {
      if (!has_errors(step)) continue;
      text += render_failure(verdict, step);
      const auto found = std::find_if(step.differences.begin(), step.differences.end(),
                                      [](const Difference& one) { return one.finding.severity == Severity::error; });
      if (first.empty())
        first = fmt::format("{}: expected {}, found {}", found->finding.code, found->finding.expected, found->finding.actual);
    }
    cases_ += fmt::format("<failure message=\"{}\" type=\"finding\">{}</failure>", escape(first), escape(text));
  }

  std::ostream& out_;
  std::string target_;
  std::string cases_;
};

}  // namespace

std::unique_ptr<Reporter> make_junit_reporter(std::ostream& out) { return std::make_unique<JunitReporter>(out); }

}  // namespace understudy
