#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "conformance/report/diff.h"
#include "conformance/report/page.h"
#include "conformance/report/values.h"
#include "contracts/src/base/base64.h"
#include "contracts/src/base/escape.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestBody = 64'000;       // of a step with findings
constexpr std::size_t kLongestPassedBody = 8'000;  // of a step without findings

// `<` could end the script element, so it is written as a JSON escape.
std::string render_data(std::string_view attributes, const Json& value) {
  const auto json = escape_characters(render_json(value), {{'<', "\\u003c"}});
  return fmt::format("<script type=\"application/json\" {}>{}</script>", attributes, json);
}

std::string base64_of_hex(std::string_view hex) {
  const auto digit = [&](std::size_t i) { return hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(digit(i) * 16 + digit(i + 1));
  return encode_base64(bytes);
}

void cut_body(Json& message, std::size_t limit) {
  auto& body = message["body"].get_ref<std::string&>();
  if (body.size() <= limit) return;
  message["body_bytes"] = body.size();
  while (limit > 0 && (static_cast<unsigned char>(body[limit]) & 0xC0) == 0x80) --limit;
  body.resize(limit);
}

bool is_about_body(const Finding& finding) {
  if (finding.code == "header" || finding.code == "capture" || finding.code == "transport") return false;
  return finding.pointer.starts_with('/') || finding.code.starts_with("match.") || finding.code == "type";
}

// Each line of the side-by-side view is [kind, depth, left, right, pointer].
Json to_json(const Diff& diff) {
  Json lines = Json::array();
  for (const auto& line : diff.lines) lines.push_back({static_cast<int>(line.kind), line.depth, line.left, line.right, line.pointer});
  return {{"lines", std::move(lines)}, {"cut", diff.is_cut}};
}

std::optional<Diff> compare(const ExpectedPart& part, const StepReport& step, const std::optional<Json>& body) {
  std::vector<DiffMark> marks;
  for (const auto index : part.differences) {
    const auto& finding = step.differences[index].finding;
    if (is_about_body(finding)) marks.push_back({.pointer = finding.pointer, .expected = finding.expected, .number = index});
  }
  if (marks.empty() && !part.body) return std::nullopt;
  const Json* actual = body ? find_pointer(*body, part.within) : nullptr;
  return diff_json(part.body ? &*part.body : nullptr, actual, marks);
}

Json describe(const Verdict& verdict) {
  Json whole = to_json(verdict);
  for (std::size_t i = 0; i < verdict.steps.size(); ++i) {
    const auto& step = verdict.steps[i];
    auto& json = whole["steps"][i];
    const auto limit = step.differences.empty() ? kLongestPassedBody : kLongestBody;
    cut_body(json["request"], limit);
    if (json.contains("response")) cut_body(json["response"], limit);
    std::optional<Json> body;
    if (auto parsed = parse_body(step.result.response.body)) body = std::move(*parsed);
    for (std::size_t k = 0; k < step.expected.size(); ++k) {
      auto& part = json["expected"][k];
      if (const auto diff = compare(step.expected[k], step, body)) part["diff"] = to_json(*diff);
      part.erase("body");
    }
  }
  return whole;
}

// The reason in one line, for the table that is shown without JavaScript.
std::string describe_reason(const Verdict& verdict) {
  if (verdict.problem) return verdict.problem->message;
  if (verdict.kind == VerdictKind::skipped) return verdict.reason;
  for (const auto& step : verdict.steps) {
    if (const auto* error = find_error(step)) {
      const auto& finding = error->finding;
      return fmt::format("{} {}: expected {}, found {}", finding.pointer, finding.code, finding.expected, finding.actual);
    }
  }
  return {};
}

// Writes each verdict at once. A browser can show an unfinished page, and the script says that the run did not end.
class HtmlReporter : public Reporter {
 public:
  HtmlReporter(std::ostream& out, const Coverage* coverage) : out_(out), coverage_(coverage) {}

  void begin(const RunInfo& info) override {
    const auto style = page_style();
    const auto script = page_script();
    out_ << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         << fmt::format(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; "
                "img-src data:; base-uri 'none'; form-action 'none'\">\n",
                base64_of_hex(script.sha256), base64_of_hex(style.sha256))
         << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
         << "<meta name=\"generator\" content=\"understudy " << escape_html(info.version) << "\">\n"
         << "<link rel=\"icon\" href=\"data:,\">\n<title>understudy verify " << escape_html(info.target) << "</title>\n<style>"
         << style.text << "</style>\n<script>" << script.text << "</script>\n</head>\n<body>\n<div id=\"app\"></div>\n"
         << render_data("id=\"run\"", to_json(info)) << "\n<div id=\"plain\">\n<h1>Understudy conformance report</h1>\n<p>Target "
         << escape_html(info.target) << ", " << info.scenarios << " verdicts planned. With JavaScript this page opens each verdict.</p>\n"
         << "<table>\n<thead><tr><th>verdict</th><th>scenario</th><th>profile</th><th>what</th></tr></thead>\n<tbody>\n";
    out_.flush();
  }

  void add(const Verdict& verdict) override {
    const auto word = verdict.known_failing ? std::string_view("known failing") : to_string(verdict.kind);
    out_ << fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}{}</td></tr>\n", word, escape_html(verdict.name),
                        escape_html(verdict.profile), escape_html(describe_reason(verdict)),
                        render_data("class=\"verdict\"", describe(verdict)));
    out_.flush();
  }

  void end(const Summary& summary) override {
    const auto& counts = summary.counts;
    out_ << fmt::format("</tbody>\n</table>\n<p>{} passed, {} failed, {} skipped, {} could not be judged</p>\n", counts.passed,
                        counts.failed, counts.skipped, counts.errored);
    for (const auto& record : summary.orphaned) out_ << "<p>Left behind: " << escape_html(record) << "</p>\n";
    Json end = {{"summary", understudy::to_json(summary, true)}};
    if (coverage_ != nullptr) end["coverage"] = understudy::to_json(*coverage_);
    out_ << "</div>\n" << render_data("id=\"end\"", end) << "\n</body>\n</html>\n";
    out_.flush();
  }

 private:
  std::ostream& out_;
  const Coverage* coverage_;
};

}  // namespace

std::unique_ptr<Reporter> make_html_reporter(std::ostream& out, const Coverage* coverage) {
  return std::make_unique<HtmlReporter>(out, coverage);
}

}  // namespace understudy
