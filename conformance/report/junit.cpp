#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "conformance/report/document.h"
#include "conformance/report/values.h"

namespace understudy {
namespace {

// XML 1.0 has no way to write most control characters: they are left out. What is no UTF-8 becomes '?'.
std::string escape(std::string_view text) {
  std::string out;
  const bool valid = is_valid_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      case '\t': out += "&#9;"; break;
      default:
        if (byte < 0x20) break;
        if (byte >= 0x80 && !valid) {
          out += '?';
        } else if (text.substr(i).starts_with("\xEF\xBF\xBE") || text.substr(i).starts_with("\xEF\xBF\xBF")) {
          i += 2;  // U+FFFE and U+FFFF are no characters there
        } else {
          out += c;
        }
    }
  }
  return out;
}

double seconds(Milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

std::string attribute(std::string_view name, std::string_view value) { return fmt::format(" {}=\"{}\"", name, escape(value)); }

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property{}{}/>\n", attribute("name", name), attribute("value", value));
}

// The counts stand in front of the cases in this format: they get room there and are written again after each case.
class JunitReporter : public Reporter {
 public:
  explicit JunitReporter(std::ostream& out) : out_(out), document_(out) {}

  void begin(const RunInfo& info) override {
    const auto started = info.started ? render_rfc3339(*info.started).substr(0, 19) : std::string("1970-01-01T00:00:00");
    name_ = attribute("name", "understudy verify " + info.target) + attribute("package", "understudy") + attribute("id", "0") +
            attribute("timestamp", started) + attribute("hostname", "localhost");
    properties_ = "    <properties>\n" + property("version", info.version) + property("target", info.target) +
                  property("seed", fmt::format("{}", info.seed)) + property("strict", info.strict ? "true" : "false");
    for (const auto& profile : info.profiles) properties_ += property("profile", profile);
    if (info.shuffle_seed) properties_ += property("shuffle_seed", fmt::format("{}", *info.shuffle_seed));
    properties_ += "    </properties>\n";
    if (document_.can_patch()) document_.add(kOpening + suite({}, true) + properties_, end_of({}));
  }

  void add(const Verdict& verdict) override {
    so_far_.add(verdict);
    so_far_.elapsed += verdict.elapsed;
    const auto text = render(verdict);
    if (!document_.can_patch()) {
      cases_ += text;
      return;
    }
    document_.add(text, end_of({}));
    document_.patch(kOpening.size(), suite(so_far_, true));
  }

  void end(const Summary& summary) override {
    if (!document_.can_patch()) {
      out_ << kOpening << suite(summary, false) << properties_ << cases_ << end_of(summary);
      out_.flush();
      return;
    }
    document_.add("", end_of(summary));
    document_.patch(kOpening.size(), suite(summary, true));
    document_.close();
  }

 private:
  inline static const std::string kOpening = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  static constexpr std::size_t kRoom = 120;  // for the counts: blanks before '>' are nothing

  std::string suite(const Summary& summary, bool with_room) const {
    const auto& counts = summary.counts;
    auto numbers = fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                               counts.passed + counts.failed + counts.skipped + counts.errored, counts.failed, counts.errored,
                               counts.skipped, seconds(summary.elapsed));
    if (with_room && numbers.size() < kRoom) numbers.append(kRoom - numbers.size(), ' ');
    return "  <testsuite" + name_ + numbers + ">\n";
  }

  static std::string end_of(const Summary& summary) {
    std::string talk;
    for (const auto& one : summary.orphaned) talk += "left behind: " + one + "\n";
    for (const auto& problem : summary.problems) talk += render_problem(problem) + "\n";
    if (summary.interrupted) talk += "stopped early: not every scenario was run\n";
    return "    <system-out/>\n    <system-err>" + escape(talk) + "</system-err>\n  </testsuite>\n</testsuites>\n";
  }

  static std::string render(const Verdict& verdict) {
    auto text = fmt::format("    <testcase{}{} time=\"{:.3f}\">",
                            attribute("name", verdict.profile.empty() ? verdict.name : verdict.name + " [" + verdict.profile + "]"),
                            attribute("classname", "understudy." + verdict.api), seconds(verdict.elapsed));
    switch (verdict.kind) {
      case VerdictKind::passed: break;
      case VerdictKind::skipped: text += fmt::format("<skipped{}/>", attribute("message", verdict.reason)); break;
      case VerdictKind::errored: {
        const auto message = verdict.problem ? render_problem(*verdict.problem) : std::string("could not go on");
        text += fmt::format("<error{}{}/>", attribute("message", message),
                            attribute("type", verdict.problem ? verdict.problem->code : "errored"));
        break;
      }
      case VerdictKind::failed: text += render_failed(verdict); break;
    }
    return text + "</testcase>\n";
  }

  static std::string render_failed(const Verdict& verdict) {
    if (verdict.known_failing) return fmt::format("<skipped{}/>", attribute("message", "known failing: " + verdict.known_reason));
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
    return fmt::format("<failure{} type=\"finding\">{}</failure>", attribute("message", first), escape(text));
  }

  std::ostream& out_;
  GrowingDocument document_;
  std::string name_, properties_, cases_;  // cases are kept only for a pipe
  Summary so_far_;
};

}  // namespace

std::unique_ptr<Reporter> make_junit_reporter(std::ostream& out) { return std::make_unique<JunitReporter>(out); }

}  // namespace understudy
