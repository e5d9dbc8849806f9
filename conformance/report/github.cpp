#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ostream>

#include "conformance/report/report.h"
#include "contracts/src/base/escape.h"
#include "contracts/src/base/terminal.h"

namespace understudy {
namespace {

constexpr std::size_t kMostOfAKind = 10;  // GitHub shows at most 10 annotations of each kind for one step
constexpr std::size_t kLongestMessage = 4000;

// Escapes the characters that end a workflow command, as GitHub's toolkit does.
std::string escape_data(std::string_view text) {
  return escape_characters(escape_for_terminal(text), {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}});
}
std::string escape_property(std::string_view text) { return escape_characters(escape_data(text), {{':', "%3A"}, {',', "%2C"}}); }

// Escapes all signs of Markdown and HTML; line ends become spaces, because they would end a table cell.
std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kSigns = "\\`*_{}[]<>#|~&@:$^";
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t')
      out += ' ';
    else if (static_cast<unsigned char>(c) < 0x20)
      continue;
    else if (kSigns.find(c) != std::string_view::npos)
      out += fmt::format("&#{};", static_cast<int>(c));
    else
      out += c;
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : "<code>" + escape_markdown(render_excerpt(text, 300)) + "</code>";
}

struct Annotation {
  enum class Kind { error, warning, notice } kind = Kind::error;
  int weight = 0;  // larger ones are printed first
  Place place;
  std::string title, message;
};

const char* word_of(Annotation::Kind kind) {
  return kind == Annotation::Kind::error ? "error" : kind == Annotation::Kind::warning ? "warning" : "notice";
}

// Strong evidence first.
int weight_of(Evidence evidence) { return static_cast<int>(Evidence::assumed) - static_cast<int>(evidence); }

std::string render_counts(const Counts& counts) {
  auto text = fmt::format("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
  if (counts.errored > 0) text += fmt::format(", {} could not be judged", counts.errored);
  return text;
}

std::string name_of(const Verdict& verdict) {
  return verdict.profile.empty() || verdict.profile == "documented" ? verdict.name : verdict.name + " [" + verdict.profile + "]";
}

class GithubReporter : public Reporter {
 public:
  GithubReporter(std::ostream& out, GithubOptions options) : out_(out), options_(std::move(options)) {}

  void begin(const RunInfo& info) override {
    info_ = info;
    if (!options_.resume_token.empty()) out_ << "::stop-commands::" << options_.resume_token << "\n";
    out_.flush();
  }

  void add(const Verdict& verdict) override {
    bool has_error = false;
    for (const auto& step : verdict.steps) {
      for (const auto& difference : step.differences) {
        const bool is_error = difference.finding.severity == Severity::error;
        if (is_error && has_error) continue;  // one error for each scenario: the first
        has_error = has_error || is_error;
        annotate(verdict, step, difference.finding);
      }
    }
    if (verdict.problem) {
      annotations_.push_back(
          {.kind = Annotation::Kind::error,
           .weight = 5,
           .place = verdict.problem->place.file.empty() ? Place{.file = verdict.file, .line = 1, .column = 1} : verdict.problem->place,
           .title = fmt::format("{} could not be judged", name_of(verdict)),
           .message = fmt::format("{} [{}]", verdict.problem->message, verdict.problem->code)});
    }
    for (const auto& record : verdict.orphaned) {
      annotations_.push_back({.kind = Annotation::Kind::warning,
                              .weight = 5,
                              .place = {.file = verdict.file, .line = 1, .column = 1},
                              .title = fmt::format("{} left a record behind", name_of(verdict)),
                              .message = record});
    }
    if (verdict.kind == VerdictKind::failed || verdict.kind == VerdictKind::errored) add_row(verdict);
    if (verdict.kind == VerdictKind::skipped)
      skipped_ += fmt::format("<li>{}: {}</li>\n", escape_markdown(name_of(verdict)), escape_markdown(verdict.reason));
  }

  bool shows_passed_messages() const override { return false; }
  void end(const Summary& summary) override {
    if (!options_.resume_token.empty()) out_ << "::" << options_.resume_token << "::\n";
    std::ranges::stable_sort(annotations_, std::greater(), &Annotation::weight);
    for (const auto kind : {Annotation::Kind::error, Annotation::Kind::warning, Annotation::Kind::notice}) print(kind);
    out_.flush();
    if (options_.summary != nullptr) write_summary(summary);
  }

 private:
  void annotate(const Verdict& verdict, const StepReport& step, const Finding& finding) {
    const bool error = finding.severity == Severity::error;
    auto message = fmt::format("{}{}: expected {}, found {}", finding.pointer.empty() ? "" : finding.pointer + " ", finding.code,
                               finding.expected, finding.actual);
    if (!finding.message.empty()) message += "\n" + finding.message;
    if (!finding.rule.empty()) message += fmt::format("\nrule {} ({}, {})", finding.rule, to_string(finding.evidence), finding.source);
    message += fmt::format("\n{} {}", step.request.method, step.request.target);
    if (verdict.known_failing) message += "\nknown failing: " + verdict.known_reason;
    const auto kind = !error ? Annotation::Kind::notice : verdict.known_failing ? Annotation::Kind::warning : Annotation::Kind::error;
    annotations_.push_back({.kind = kind,
                            .weight = weight_of(finding.evidence),
                            .place = finding.place.file.empty() ? step.place : finding.place,
                            .title = fmt::format("{} {}", name_of(verdict), step_label(step)),
                            .message = std::move(message)});
  }

  // GitHub finds a file by its path from the folder of the checkout.
  std::string path_of(std::string file) const {
    auto root = options_.workspace;
    while (root.ends_with('/')) root.pop_back();
    if (!root.empty() && file.starts_with(root + "/")) file.erase(0, root.size() + 1);
    while (file.starts_with("./")) file.erase(0, 2);
    return file;
  }

  void print(Annotation::Kind kind) {
    const auto count = static_cast<std::size_t>(std::ranges::count(annotations_, kind, &Annotation::kind));
    std::size_t printed = 0;
    for (const auto& annotation : annotations_) {
      if (annotation.kind != kind) continue;
      if (printed + 1 == kMostOfAKind && count > kMostOfAKind) {
        out_ << fmt::format("::{} title=understudy::and {} more, in the text above and in the report files\n", word_of(kind),
                            count - printed);
        return;
      }
      out_ << fmt::format("::{}{}::{}\n", word_of(kind), properties_of(annotation),
                          escape_data(annotation.message.substr(0, kLongestMessage)));
      ++printed;
    }
  }

  std::string properties_of(const Annotation& annotation) const {
    std::string text = " ";
    if (!annotation.place.file.empty()) {
      text += fmt::format("file={},", escape_property(path_of(annotation.place.file)));
      if (annotation.place.line > 0) text += fmt::format("line={},", annotation.place.line);
      if (annotation.place.column > 0) text += fmt::format("col={},", annotation.place.column);
    }
    return text + "title=" + escape_property(annotation.title);
  }

  void add_row(const Verdict& verdict) {
    if (verdict.problem) {
      rows_.push_back(fmt::format("| {} | {} | {} | | | |\n", escape_markdown(name_of(verdict)), code(render_place(verdict.problem->place)),
                                  escape_markdown(verdict.problem->message)));
      return;
    }
    for (const auto& step : verdict.steps) {
      const auto* error = find_error(step);
      if (error == nullptr) continue;
      const auto& finding = error->finding;
      auto& rows = verdict.known_failing ? known_ : rows_;
      rows.push_back(fmt::format("| {} | {} | {} | {} | {} | {} |\n", escape_markdown(name_of(verdict)), code(render_place(finding.place)),
                                 code(finding.pointer.empty() ? finding.code : finding.pointer + " " + finding.code),
                                 code(finding.expected), code(finding.actual), code(finding.rule)));
      return;
    }
  }

  void write_summary(const Summary& summary) {
    auto text = fmt::format("## Understudy: {}\n\n{} against {}, seed {}{}\n\n", render_counts(summary.counts),
                            escape_markdown("verify " + info_.version), code(info_.target), info_.seed,
                            ", level " + std::string(to_string(info_.level)));
    if (summary.interrupted) text += "**Stopped early: not every scenario was run.**\n\n";
    text += "| profile | passed | failed | skipped | not judged | known failing | notes |\n|---|--:|--:|--:|--:|--:|--:|\n";
    for (const auto& [profile, counts] : summary.by_profile) {
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", code(profile), counts.passed, counts.failed, counts.skipped,
                          counts.errored, counts.known, counts.notes);
    }
    if (!summary.orphaned.empty()) {
      text += "\n### Left behind\n\n";
      for (const auto& record : summary.orphaned) text += "- " + escape_markdown(record) + "\n";
    }
    add_table(text, "Failed", rows_);
    add_table(text, "Known failing", known_);
    if (!skipped_.empty() && text.size() + skipped_.size() < options_.summary_limit)
      text += "\n<details><summary>Skipped</summary>\n<ul>\n" + skipped_ + "</ul>\n</details>\n";
    *options_.summary << text << "\n";
    options_.summary->flush();
  }

  void add_table(std::string& text, std::string_view title, const std::vector<std::string>& rows) const {
    if (rows.empty()) return;
    text += fmt::format("\n### {}\n\n| scenario | at | what | expected | found | rule |\n|---|---|---|---|---|---|\n", title);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (text.size() + rows[i].size() > options_.summary_limit) {
        text += fmt::format("\nand {} more, which do not fit on this page\n", rows.size() - i);
        return;
      }
      text += rows[i];
    }
  }

  std::ostream& out_;
  GithubOptions options_;
  RunInfo info_;
  std::vector<Annotation> annotations_;
  std::vector<std::string> rows_, known_;
  std::string skipped_;
};

}  // namespace

std::unique_ptr<Reporter> make_github_reporter(std::ostream& out, GithubOptions options) {
  return std::make_unique<GithubReporter>(out, std::move(options));
}

}  // namespace understudy
