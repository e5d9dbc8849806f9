#include "conformance/judge/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "contracts/src/model/check.h"

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

void Summary::sort_causes() {
  // Without a login nothing else can be judged.
  const auto weight = [](const Cause& cause) { return std::pair(cause.difference.finding.code == "login", cause.scenarios.size()); };
  std::ranges::stable_sort(causes, std::greater(), weight);
}

std::string advise(const Cause& cause) {
  const auto& finding = cause.difference.finding;
  const auto& code = finding.code;
  const auto where = finding.pointer.empty() ? std::string("the response") : finding.pointer;
  if (code == "transport") return "Make the server send one complete HTTP response: Content-Length or the last chunk ends the body.";
  if (code == "credential")
    return "Accept it, also after newer logins. If your server does not know this account, name one: --username, --password, --api-key.";
  if (code == "status" || code == "answer") return fmt::format("Return {}.", finding.expected);
  if (code == "reason") return fmt::format("Send {}.", finding.expected);
  if (code == "header") return fmt::format("Send the header {}: {}.", finding.pointer, finding.expected);
  if (code == "content-type") return "Send Content-Type: application/json.";
  if (code == "body-not-json") return "Send a body that is valid JSON, and all of it: lengths and sizes of chunks count bytes.";
  if (code == "required" || code == "match.missing") return fmt::format("Add {} to the response.", where);
  return fmt::format("Make {} {}.", where, finding.expected);
}

void Summary::add(const Verdict& verdict) {
  for (const auto& operation : verdict.not_judged) missing[operation] += verdict.kind == VerdictKind::skipped ? 1 : 0;
  for (const auto& step : verdict.steps) {
    for (const auto& difference : step.differences) {
      if (difference.finding.severity != Severity::error || verdict.known_failing) continue;
      auto finding = difference.finding;
      if (finding.pointer.starts_with('/')) finding.pointer = generalise_pointer(finding.pointer);  // else the name of a header
      const auto is_same = [&](const Cause& cause) {
        const auto& other = cause.difference.finding;
        return other.code == finding.code && other.pointer == finding.pointer && other.rule == finding.rule &&
               (!finding.rule.empty() || other.expected == finding.expected);
      };
      const bool is_refused = step.result.response.status >= 400 && (finding.code == "status" || finding.code == "answer");
      auto found = std::ranges::find_if(causes, is_same);
      if (found == causes.end())
        found = causes.insert(
            causes.end(),
            {.difference = {.finding = std::move(finding), .source_line = difference.source_line, .rule = difference.rule},
             .scenarios = {},
             .example = fmt::format("{} {}", verdict.name, step_label(step)),
             .place = fmt::format("{} {} ({})", step.request.method, step.request.target, render_place(difference.finding.place)),
             .refusal = is_refused ? step.result.response.body : std::string()});
      found->scenarios.insert(name_without_turn(verdict.name));
    }
  }
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
