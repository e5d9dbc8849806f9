#include "conformance/judge/verdict.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy {

std::string_view to_string(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::passed: return "passed";
    case VerdictKind::failed: return "failed";
    case VerdictKind::skipped: return "skipped";
    case VerdictKind::errored: return "errored";
  }
  return "";
}

std::string name_without_turn(const std::string& name) {
  const auto mark = name.rfind(" #");
  const bool is_turn = mark != std::string::npos && name.find_first_not_of("0123456789", mark + 2) == std::string::npos;
  return is_turn ? name.substr(0, mark) : name;
}

std::string step_label(std::size_t number, const std::string& name, bool cleanup) {
  return fmt::format("{} {}{}", cleanup ? "cleanup" : "step", number, name.empty() ? "" : " (" + name + ")");
}

std::string step_label(const StepReport& step) { return step_label(step.number, step.name, step.cleanup); }

const Difference* find_error(const StepReport& step) {
  const auto is_error = [](const Difference& difference) { return difference.finding.severity == Severity::error; };
  const auto found = std::ranges::find_if(step.differences, is_error);
  return found == step.differences.end() ? nullptr : &*found;
}

bool has_errors(const StepReport& step) { return find_error(step) != nullptr; }

std::size_t count_notes(const Verdict& verdict) {
  std::size_t notes = 0;
  for (const auto& step : verdict.steps) {
    for (const auto& difference : step.differences) notes += difference.finding.severity == Severity::note ? 1U : 0U;
  }
  return notes;
}

void Summary::add(const Verdict& verdict) {
  const auto notes = count_notes(verdict);
  for (auto* count : {&counts, &by_profile[verdict.profile]}) {
    count->notes += notes;
    if (verdict.known_failing) ++count->known;
    switch (verdict.kind) {
      case VerdictKind::passed: ++count->passed; break;
      case VerdictKind::failed: ++(verdict.known_failing ? count->skipped : count->failed); break;
      case VerdictKind::skipped: ++count->skipped; break;
      case VerdictKind::errored: ++count->errored; break;
    }
  }
  for (const auto& what : verdict.orphaned) orphaned.push_back(verdict.name + ": " + what);
  if (verdict.problem) problems.push_back(*verdict.problem);
}

}  // namespace understudy
