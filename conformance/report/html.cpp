#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "conformance/report/diff.h"
#include "conformance/report/page.h"
#include "conformance/report/values.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestBody = 64'000;       // of a step with findings
constexpr std::size_t kLongestPassedBody = 8'000;  // of one without

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// Inside a script element only `<` could end it; JSON has another way to write it.
std::string render_data(std::string_view attributes, const Json& value) {
  std::string out = fmt::format("<script type=\"application/json\" {}>", attributes);
  for (const char c : render_json(value)) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out + "</script>";
}

std::string base64_of_hex(std::string_view hex) {
  constexpr const char* kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto bits_of = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {
    const auto group = hex.substr(i, 6);
    unsigned bits = 0;
    for (std::size_t k = 0; k < 6; ++k) bits = bits << 4 | (k < group.size() ? bits_of(group[k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k * 6 < group.size() * 4 ? kLetters[(bits >> (18 - 6 * k)) & 63u] : '=';
  }
  return out;
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

// [kind, depth, left, right, pointer]: a line of the side-by-side view.
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
    auto& one = whole["steps"][i];
    const auto limit = step.differences.empty() ? kLongestPassedBody : kLongestBody;
    cut_body(one["request"], limit);
    if (one.contains("response")) cut_body(one["response"], limit);
    std::optional<Json> body;
    if (auto parsed = parse_json(step.result.response.body)) body = std::move(*parsed);
    for (std::size_t k = 0; k < step.expected.size(); ++k) {
      auto& part = one["expected"][k];
      if (const auto diff = compare(step.expected[k], step, body)) part["diff"] = to_json(*diff);
      part.erase("body");
    }
  }
  return whole;
}

// What is wrong in one line, for those who read without a script.
std::string first_words(const Verdict& verdict) {
  if (verdict.problem) return verdict.problem->message;
  if (verdict.kind == VerdictKind::skipped) return verdict.reason;
  for (const auto& step : verdict.steps) {
    for (const auto& [finding, line, rule] : step.differences) {
      if (finding.severity == Severity::error)
        return fmt::format("{} {}: expected {}, found {}", finding.pointer, finding.code, finding.expected, finding.actual);
    }
  }
  return {};
}

// Written as the run goes: a browser shows a page that was cut off, and the script tells so.
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
                        escape_html(verdict.profile), escape_html(first_words(verdict)),
                        render_data("class=\"verdict\"", describe(verdict)));
    out_.flush();
  }

  void end(const Summary& summary) override {
    const auto& counts = summary.counts;
    out_ << fmt::format("</tbody>\n</table>\n<p>{} passed, {} failed, {} skipped, {} could not be judged</p>\n", counts.passed,
                        counts.failed, counts.skipped, counts.errored);
    for (const auto& one : summary.orphaned) out_ << "<p>Left behind: " << escape_html(one) << "</p>\n";
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
