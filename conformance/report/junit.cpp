#include <fmt/format.h>

#include <ostream>

#include "conformance/report/document.h"
#include "conformance/report/values.h"
#include "contracts/src/base/escape.h"

namespace understudy {
namespace {

// Omits what XML 1.0 cannot express: control characters, U+FFFE and U+FFFF. Bytes that are not UTF-8 become '?'.
std::string escape(std::string_view text) {
  std::string allowed;
  const bool valid = is_valid_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_noncharacter = text.substr(i).starts_with("\xEF\xBF\xBE") || text.substr(i).starts_with("\xEF\xBF\xBF");
    if (byte >= 0x80 && !valid)
      allowed += '?';
    else if (is_noncharacter)
      i += 2;
    else if (byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t')
      allowed += text[i];
  }
  return escape_characters(
      allowed, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\n', "&#10;"}, {'\r', "&#13;"}, {'\t', "&#9;"}});
}

double seconds(Milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

std::string attribute(std::string_view name, std::string_view value) { return fmt::format(" {}=\"{}\"", name, escape(value)); }

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property{}{}/>\n", attribute("name", name), attribute("value", value));
}

// The format has the counts before the cases: space is reserved for them, and they are written again after each case.
class JunitReporter : public Reporter {
 public:
  explicit JunitReporter(std::ostream& out) : out_(out), document_(out) {}

  void begin(const RunInfo& info) override {
    const auto started = info.started ? render_rfc3339(*info.started).substr(0, 19) : std::string("1970-01-01T00:00:00");
    name_ = attribute("name", "understudy verify " + info.target) + attribute("package", "understudy") + attribute("id", "0") +
            attribute("timestamp", started) + attribute("hostname", "localhost");
    properties_ = "    <properties>\n" + property("version", info.version) + property("target", info.target) +
                  property("seed", fmt::format("{}", info.seed)) + property("strict", info.level == Evidence::assumed ? "true" : "false") +
                  property("level", std::string(to_string(info.level)));
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

  bool shows_passed_messages() const override { return false; }
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
  static constexpr std::size_t kRoom = 120;  // for the counts; XML ignores blanks before '>'

  std::string suite(const Summary& summary, bool with_room) const {
    const auto& counts = summary.counts;
    auto numbers = fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                               counts.passed + counts.failed + counts.skipped + counts.errored, counts.failed, counts.errored,
                               counts.skipped, seconds(summary.elapsed));
    if (with_room && numbers.size() < kRoom) numbers.append(kRoom - numbers.size(), ' ');
    return "  <testsuite" + name_ + numbers + ">\n";
  }

  static std::string end_of(const Summary& summary) {
    std::string messages;
    for (const auto& record : summary.orphaned) messages += "left behind: " + record + "\n";
    for (const auto& cause : summary.causes)
      messages += fmt::format("cause of {} failed: {} {} {}: {}\n", cause.scenarios.size(), cause.difference.finding.rule,
                              cause.difference.finding.code, cause.difference.finding.pointer, advise(cause));
    for (const auto& problem : summary.problems) messages += render_problem(problem) + "\n";
    if (summary.interrupted) messages += "stopped early: not every scenario was run\n";
    return "    <system-out/>\n    <system-err>" + escape(messages) + "</system-err>\n  </testsuite>\n</testsuites>\n";
  }

  static std::string render(const Verdict& verdict) {
    auto text = fmt::format("    <testcase{}{} time=\"{:.3f}\">",
                            attribute("name", verdict.profile.empty() ? verdict.name : verdict.name + " [" + verdict.profile + "]"),
                            attribute("classname", "understudy." + verdict.api), seconds(verdict.elapsed));
    switch (verdict.kind) {
      case VerdictKind::passed: break;
      case VerdictKind::skipped: text += fmt::format("<skipped{}/>", attribute("message", verdict.reason)); break;
      case VerdictKind::errored: {
        const auto message = verdict.problem ? render_problem(*verdict.problem) : std::string("could not continue");
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
      const auto& finding = find_error(step)->finding;
      if (first.empty()) first = fmt::format("{}: expected {}, found {}", finding.code, finding.expected, finding.actual);
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
