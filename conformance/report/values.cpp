#include "conformance/report/values.h"

#include "conformance/measure/coverage.h"

namespace understudy {
namespace {

std::string_view to_string(Severity severity) { return severity == Severity::error ? "error" : "note"; }

Json to_json(const Difference& difference) {
  Json json = to_json(difference.finding);
  json["line"] = difference.source_line;
  json["rule_says"] = difference.rule.says;
  json["rule_because"] = difference.rule.because;
  json["rule_place"] = to_json(difference.rule.place);
  return json;
}

Json to_json(const ExpectedPart& part) {
  Json json = part.words;
  json["title"] = part.title;
  json["within"] = part.within;
  json["findings"] = part.differences;
  if (part.body) json["body"] = *part.body;
  return json;
}

Json to_json(const Problem& problem) { return {{"code", problem.code}, {"message", problem.message}, {"place", to_json(problem.place)}}; }

Json to_json(const Request& request) {
  return {{"method", request.method}, {"target", request.target}, {"headers", to_json(request.headers)}, {"body", request.body}};
}

Json to_json(const Response& response) {
  return {{"status", response.status}, {"reason", response.reason}, {"headers", to_json(response.headers)}, {"body", response.body}};
}

}  // namespace

Json to_json(const Place& place) {
  return place.file.empty() ? Json(nullptr) : Json{{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

Json to_json(const Headers& headers) {
  Json list = Json::array();
  for (const auto& header : headers) list.push_back({{"name", header.name}, {"value", header.value}});
  return list;
}

Json to_json(const Finding& finding) {
  return {{"code", finding.code},
          {"pointer", finding.pointer},
          {"expected", finding.expected},
          {"actual", finding.actual},
          {"message", finding.message},
          {"rule", finding.rule},
          {"source", finding.source},
          {"evidence", to_string(finding.evidence)},
          {"severity", to_string(finding.severity)},
          {"place", to_json(finding.place)}};
}

Json to_json(const StepReport& step) {
  Json findings = Json::array();
  for (const auto& difference : step.differences) findings.push_back(to_json(difference));
  Json expected = Json::array();
  for (const auto& part : step.expected) expected.push_back(to_json(part));
  Json report = {{"number", step.number},
                 {"name", step.name},
                 {"cleanup", step.cleanup},
                 {"operation", step.operation},
                 {"place", to_json(step.place)},
                 {"line", step.source_line},
                 {"outcome", to_string(step.result.outcome)},
                 {"answer", step.answer},
                 {"elapsed_ms", step.result.elapsed.count()},
                 {"expected", std::move(expected)},
                 {"findings", std::move(findings)},
                 {"request", to_json(step.request)}};
  if (step.result.outcome == Outcome::answered)
    report["response"] = to_json(step.result.response);
  else if (!step.result.detail.empty())
    report["detail"] = step.result.detail;
  return report;
}

Json to_json(const Verdict& verdict) {
  Json report = {{"verdict", to_string(verdict.kind)},
                 {"name", verdict.name},
                 {"title", verdict.title},
                 {"api", verdict.api},
                 {"file", verdict.file},
                 {"profile", verdict.profile},
                 {"labels", verdict.labels},
                 {"given", verdict.given},
                 {"elapsed_ms", verdict.elapsed.count()},
                 {"known_failing", verdict.known_failing},
                 {"steps", Json::array()}};
  for (const auto& step : verdict.steps) report["steps"].push_back(to_json(step));
  if (verdict.known_failing) report["known_reason"] = verdict.known_reason;
  if (verdict.kind == VerdictKind::skipped) report["reason"] = verdict.reason;
  if (verdict.problem) report["problem"] = to_json(*verdict.problem);
  if (!verdict.orphaned.empty()) report["left_behind"] = verdict.orphaned;
  if (!verdict.not_removable.empty()) report["kept"] = verdict.not_removable;
  return report;
}

Json to_json(const Counts& counts) {
  return {{"passed", counts.passed},   {"failed", counts.failed},       {"skipped", counts.skipped},
          {"errored", counts.errored}, {"known_failing", counts.known}, {"notes", counts.notes}};
}

Json to_json(const RunInfo& info) {
  Json run = {{"target", info.target},         {"profiles", info.profiles},         {"planned", info.scenarios},
              {"version", info.version},       {"seed", std::to_string(info.seed)}, {"strict", info.level == Evidence::assumed},
              {"level", to_string(info.level)}};
  if (info.started) run["started"] = render_rfc3339(*info.started);
  if (info.shuffle_seed) run["shuffle_seed"] = std::to_string(*info.shuffle_seed);
  return run;
}

Json to_json(const Summary& summary, bool complete) {
  Json total = to_json(summary.counts);
  total["complete"] = complete;
  total["interrupted"] = summary.interrupted;
  total["elapsed_ms"] = summary.elapsed.count();
  total["left_behind"] = summary.orphaned;
  total["by_profile"] = Json::object();
  for (const auto& [profile, counts] : summary.by_profile) total["by_profile"][profile] = to_json(counts);
  total["problems"] = Json::array();
  for (const auto& problem : summary.problems) total["problems"].push_back(to_json(problem));
  total["causes"] = Json::array();
  for (const auto& cause : summary.causes) {
    total["causes"].push_back({{"finding", to_json(cause.difference)},
                               {"scenarios", cause.scenarios},
                               {"example", cause.example},
                               {"request", cause.place},
                               {"advice", advise(cause)}});
  }
  total["not_implemented"] = summary.missing;
  return total;
}

Json to_json(const Coverage& coverage) {
  Json untouched = Json::array();
  for (const auto& item : coverage.items()) {
    if (!coverage.was_played(item.api) || item.is_exercised()) continue;
    untouched.push_back({{"api", item.api},
                         {"kind", to_string(item.kind)},
                         {"id", item.id},
                         {"evidence", to_string(item.evidence)},
                         {"lack", describe_gap(item)}});
  }
  Json counts = Json::array();
  for (const auto& [key, count] : coverage.count()) {
    const auto& [api, kind, evidence] = key;
    counts.push_back(
        {{"api", api}, {"kind", to_string(kind)}, {"evidence", to_string(evidence)}, {"exercised", count.exercised}, {"all", count.all}});
  }
  return {{"counts", std::move(counts)}, {"untouched", std::move(untouched)}};
}

}  // namespace understudy
