#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <ostream>
#include <set>

#include "conformance/report/report.h"
#include "contracts/src/base/terminal.h"
#include "contracts/src/model/check.h"

namespace understudy {
namespace {

std::string status_text(const Response& response) {
  const std::string_view reason = response.reason.empty() ? registered_reason(response.status) : std::string_view(response.reason);
  return reason.empty() ? fmt::format("{}", response.status) : fmt::format("{} {}", response.status, reason);
}

std::string describe_answer(const TransportResult& result) {
  if (result.outcome == Outcome::answered) {
    return result.response.body.empty() ? status_text(result.response) + ", no body"
                                        : status_text(result.response) + "  " + render_excerpt(result.response.body);
  }
  auto text = std::string(to_string(result.outcome));
  if (!result.detail.empty()) text += " (" + result.detail + ")";
  return text;
}

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// The request line, and below it the line of the scenario with a caret under the expectation.
std::string render_place_block(const Difference& difference, const std::string& request_line) {
  const auto& place = difference.finding.place;
  const auto number = place.line > 0 ? fmt::format("{}", place.line) : std::string("-");
  const std::string margin(number.size(), ' ');
  std::string text = fmt::format("  --> {}\n {} |\n {} | {}\n", render_place(place), margin, margin, request_line);
  if (!difference.source_line.empty()) {
    text += fmt::format(" {} | {}\n", number, difference.source_line);
    if (place.column > 0) text += fmt::format(" {} | {}^\n", margin, std::string(place.column - 1, ' '));
  }
  return text + fmt::format(" {} |\n", margin);
}

// Whether the message only repeats the lines "expected" and "actual".
bool repeats(const Finding& finding) {
  return finding.message.find(finding.expected) != std::string::npos && finding.message.find(finding.actual) != std::string::npos;
}

std::string render_difference(const Difference& difference) {
  const auto& finding = difference.finding;
  std::string text;
  const auto line = [&text](std::string_view name, std::string_view value) { text += fmt::format("   {:<10}{}\n", name, value); };
  if (finding.severity == Severity::note)
    line("note:", fmt::format("this is {}; --level {} makes it an error", to_string(finding.evidence), to_string(finding.evidence)));
  line("at:", finding.pointer.empty() ? finding.code : fmt::format("{}  ({})", finding.pointer, finding.code));
  if (!finding.expected.empty()) line("expected:", finding.expected);
  if (!finding.actual.empty()) line("actual:", finding.actual);
  if (!finding.rule.empty() || !finding.source.empty()) {
    line("rule:", finding.source.empty() ? fmt::format("{}", finding.rule)
                                         : fmt::format("{} ({}, {})", finding.rule, to_string(finding.evidence), finding.source));
  }
  if (!finding.message.empty() && !repeats(finding)) line("", finding.message);
  return text;
}

// `most`: the differences that are shown; the others are counted.
std::string render_step(const Verdict& verdict, const StepReport& step, Severity severity, std::string_view word, std::size_t most) {
  auto text = fmt::format("{}: {} {}", word, verdict.name, step_label(step));
  if (!verdict.profile.empty() && verdict.profile != "documented") text += fmt::format(" [profile {}]", verdict.profile);
  text += "\n";
  const auto request_line = fmt::format("{} {}", step.request.method, step.request.target);
  const Place* last = nullptr;
  std::size_t left_out = 0;
  for (const auto& difference : step.differences) {
    if (difference.finding.severity != severity) continue;
    if (most == 0) {
      ++left_out;
      continue;
    }
    --most;
    if (last == nullptr || *last != difference.finding.place) text += render_place_block(difference, request_line);
    text += render_difference(difference);
    last = &difference.finding.place;
  }
  if (left_out > 0) text += fmt::format("   and {} more {} in this step\n", left_out, left_out == 1 ? "difference" : "differences");
  return escape_for_terminal(text + fmt::format("   {:<10}{}\n", "answer:", describe_answer(step.result)));
}

class TextReporter : public Reporter {
 public:
  TextReporter(std::ostream& out, TextStyle style) : out_(out), style_(style) {}

  void begin(const RunInfo& info) override {
    many_profiles_ = info.profiles.size() > 1;
    if (info.shuffle_seed) out_ << fmt::format("shuffled with seed {}\n", *info.shuffle_seed);
  }

  void add(const Verdict& verdict) override {
    if (style_.every_scenario) print_line(verdict);
    for (const auto& step : verdict.steps) {
      if (has_errors(step) && !verdict.known_failing) add_failure(verdict, step);
      if (style_.notes && has_notes(step)) out_ << render_step(verdict, step, Severity::note, "note", kAll) << "\n";
    }
    // The command reports an unreachable target once.
    if (verdict.problem && verdict.problem->failure != Failure::unreachable)
      keep_or_print(fmt::format("errored: {}\n  {}\n\n", verdict.name, render_problem(*verdict.problem)));
    if (style_.notes)
      for (const auto& record : verdict.not_removable) out_ << "  kept: " << record << "\n";
    kept_ += verdict.not_removable.size();
    if (verdict.kind == VerdictKind::skipped && !style_.every_scenario && verdict.not_judged.empty())
      skipped_.push_back(verdict.name + ": " + verdict.reason);
    out_.flush();
  }

  bool shows_passed_messages() const override { return false; }
  void end(const Summary& summary) override {
    print_causes(summary);
    for (const auto& block : blocks_) out_ << block;
    if (left_out_ > 0) out_ << fmt::format("{} more failures (-v prints all)\n", left_out_);
    constexpr std::size_t kMostSkipped = 10;
    if (skipped_.size() > kMostSkipped)
      out_ << fmt::format("skipped: {} scenarios (-v lists them with reasons)\n", skipped_.size());
    else
      for (const auto& line : skipped_) out_ << "skipped: " << line << "\n";
    print_missing(summary);
    for (const auto& record : summary.orphaned) out_ << "left behind: " << record << "\n";
    if (kept_ > 0)
      out_ << fmt::format("kept: {} {} on the target, which has no operation that removes {} (-v lists them)\n", kept_,
                          kept_ == 1 ? "record stays" : "records stay", kept_ == 1 ? "it" : "them");
    if (many_profiles_) {
      for (const auto& [profile, counts] : summary.by_profile) out_ << fmt::format("{:<12} {}\n", profile, render_counts(counts));
    }
    if (summary.interrupted) out_ << "stopped early: not every scenario was run\n";
    if (const auto notes = summary.counts.notes; notes > 0) {
      out_ << fmt::format("{} {} about what is not known up to the level of this run{}\n", notes, notes == 1 ? "note" : "notes",
                          style_.notes ? "" : " (-v shows them)");
    }
    if (summary.counts.errored > 0) out_ << fmt::format("{} could not be judged\n", summary.counts.errored);
    out_ << render_counts(summary.counts) << "\n";
    out_.flush();
  }

 private:
  static constexpr const char* kRed = "\x1b[31m";
  static constexpr const char* kGreen = "\x1b[32m";
  static constexpr const char* kYellow = "\x1b[33m";

  static bool has_notes(const StepReport& step) {
    return std::ranges::any_of(step.differences, [](const Difference& one) { return one.finding.severity == Severity::note; });
  }

  // Without -v, at most one failure of each cause is shown, with a few of its differences.
  void add_failure(const Verdict& verdict, const StepReport& step) {
    constexpr std::size_t kFew = 3;
    const auto& finding = find_error(step)->finding;
    const bool is_new = causes_shown_.insert(finding.rule + " " + finding.code + " " + generalise_pointer(finding.pointer)).second;
    if (style_.every_scenario || is_new)
      keep_or_print(paint(render_step(verdict, step, Severity::error, "failed", style_.every_scenario ? kAll : kFew), kRed) + "\n");
    else
      ++left_out_;
  }

  // Without -v a run that fails everywhere prints its causes and a few failures, not all of them.
  void keep_or_print(std::string block) {
    constexpr std::ptrdiff_t kMostLines = 30;
    const auto lines = std::ranges::count(block, '\n');
    if (style_.every_scenario) {
      out_ << block;
    } else if (lines_kept_ == 0 || lines_kept_ + lines <= kMostLines) {
      blocks_.push_back(std::move(block));
      lines_kept_ += lines;
    } else {
      ++left_out_;
    }
  }

  void print_causes(const Summary& summary) {
    constexpr std::size_t kMostCauses = 10;
    if (summary.causes.empty()) return;
    out_ << fmt::format("{} {}, those of most scenarios first:\n", summary.causes.size(), summary.causes.size() == 1 ? "cause" : "causes");
    for (std::size_t i = 0; i < std::min(summary.causes.size(), kMostCauses); ++i) {
      const auto& cause = summary.causes[i];
      const auto& finding = cause.difference.finding;
      const auto said = cause.refusal.empty() ? std::string() : " " + render_excerpt(cause.refusal, 80);
      out_ << fmt::format("{}. {}{}{}: expected {}, found {}{} [{} {}]\n", i + 1, finding.rule.empty() ? "" : finding.rule + " ",
                          finding.code, finding.pointer.empty() ? "" : " " + finding.pointer, shorten(finding.expected),
                          shorten(finding.actual), said, cause.scenarios.size(), cause.scenarios.size() == 1 ? "scenario" : "scenarios");
      out_ << fmt::format("   {}{} For example {}: {}\n", shorten(advise(cause)),
                          finding.source.empty() ? "" : fmt::format(" ({}, {})", to_string(finding.evidence), finding.source),
                          cause.example, cause.place);
    }
    if (summary.causes.size() > kMostCauses)
      out_ << fmt::format("and {} more; --report-html and --report-json have all\n", summary.causes.size() - kMostCauses);
    out_ << "\n";
  }

  void print_missing(const Summary& summary) {
    if (summary.missing.empty()) return;
    std::size_t scenarios = 0;
    for (const auto& [operation, count] : summary.missing) scenarios += count;
    out_ << fmt::format("not implemented: {} {}, which {} {} {}\n", summary.missing.size(),
                        summary.missing.size() == 1 ? "operation" : "operations", scenarios,
                        scenarios == 1 ? "skipped scenario needs" : "skipped scenarios need", style_.notes ? "" : "(-v lists them)");
    if (!style_.notes) return;
    for (const auto& [operation, count] : summary.missing) out_ << fmt::format("  {} ({})\n", operation, count);
  }

  static std::string shorten(const std::string& text) { return render_excerpt(text, 120); }

  static std::string render_counts(const Counts& counts) {
    return fmt::format("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
  }

  // Colours the word before the first colon.
  std::string paint(const std::string& text, const char* color) const {
    const auto colon = text.find(':');
    return style_.color && colon != std::string::npos ? color + text.substr(0, colon) + "\x1b[0m" + text.substr(colon) : text;
  }

  void print_line(const Verdict& verdict) {
    const char* color = verdict.kind == VerdictKind::passed ? kGreen : verdict.kind == VerdictKind::skipped ? kYellow : kRed;
    if (verdict.kind == VerdictKind::failed || verdict.kind == VerdictKind::errored) {
      if (verdict.known_failing) out_ << paint(fmt::format("known failing: {} ({})\n", verdict.name, verdict.known_reason), kYellow);
      return;  // add() has written its block
    }
    auto text = fmt::format("{}: {}", to_string(verdict.kind), verdict.name);
    if (many_profiles_) text += fmt::format(" [{}]", verdict.profile);
    if (verdict.kind == VerdictKind::skipped)
      text += ": " + verdict.reason;
    else
      text +=
          fmt::format(" ({} {}, {} ms)", verdict.steps.size(), verdict.steps.size() == 1 ? "request" : "requests", verdict.elapsed.count());
    if (const auto notes = count_notes(verdict); notes > 0) text += fmt::format(", {} {}", notes, notes == 1 ? "note" : "notes");
    out_ << paint(escape_for_terminal(text), color) << "\n";
  }

  std::ostream& out_;
  TextStyle style_;
  bool many_profiles_ = false;
  std::vector<std::string> skipped_, blocks_;
  std::set<std::string> causes_shown_;
  std::ptrdiff_t lines_kept_ = 0;
  std::size_t left_out_ = 0, kept_ = 0;
};

}  // namespace

std::string render_excerpt(std::string_view body, std::size_t max_length) {
  std::string text;
  while (!body.empty()) {
    if (text.size() >= max_length) return text + "...";
    if (body.front() == '\n' || body.front() == '\t') {
      text += body.front() == '\n' ? "\\n" : "\\t";
      body.remove_prefix(1);
    } else {
      body.remove_prefix(append_escaped(body, text));
    }
  }
  return text;
}

std::string render_failure(const Verdict& verdict, const StepReport& step) {
  return render_step(verdict, step, Severity::error, "failed", kAll);
}

std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, TextStyle style) { return std::make_unique<TextReporter>(out, style); }

}  // namespace understudy
