#include <ostream>

#include "conformance/report.h"
#include "contracts/src/json.h"

namespace understudy {
namespace {

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
          {"severity", finding.severity == Severity::error ? "error" : "note"},
          {"place", to_json(finding.place)}};
}

Json to_json(const StepReport& step) {
  Json findings = Json::array();
  for (const auto& one : step.differences) findings.push_back(to_json(one.finding));
  Json report = {{"number", step.number},
                 {"name", step.name},
                 {"cleanup", step.cleanup},
                 {"operation", step.operation},
                 {"place", to_json(step.place)},
                 {"outcome", to_string(step.result.outcome)},
                 {"answer", step.answer},
                 {"elapsed_ms", step.result.elapsed.count()},
                 {"findings", std::move(findings)},
                 {"request",
                  {{"method", step.request.method},
                   {"target", step.request.target},
                   {"headers", to_json(step.request.headers)},
                   {"body", step.request.body}}}};
  if (step.result.outcome == Outcome::answered) {
    const auto& response = step.result.response;
    report["response"] = {
        {"status", response.status}, {"reason", response.reason}, {"headers", to_json(response.headers)}, {"body", response.body}};
  } else if (!step.result.detail.empty()) {
    report["detail"] = step.result.detail;
  }
  return report;
}

Json to_json(const Verdict& verdict) {
  Json report = {{"verdict", to_string(verdict.kind)},
                 {"name", verdict.name},
                 {"title", verdict.title},
                 {"api", verdict.api},
                 {"file", verdict.file},
                 {"profile", verdict.profile},
                 {"elapsed_ms", verdict.elapsed.count()},
                 {"known_failing", verdict.known_failing},
                 {"steps", Json::array()}};
  for (const auto& step : verdict.steps) report["steps"].push_back(to_json(step));
  if (verdict.kind == VerdictKind::skipped) report["reason"] = verdict.reason;
  if (verdict.problem) report["problem"] = {{"code", verdict.problem->code}, {"message", verdict.problem->message}};
  if (!verdict.left_behind.empty()) report["left_behind"] = verdict.left_behind;
  return report;
}

Json to_json(const Counts& counts) {
  return {{"passed", counts.passed},   {"failed", counts.failed},       {"skipped", counts.skipped},
          {"errored", counts.errored}, {"known_failing", counts.known}, {"notes", counts.notes}};
}

// {"understudy_report": 1, "target": ..., "scenarios": [one a line], "summary": {...}}
class JsonReporter : public Reporter {
 public:
  explicit JsonReporter(std::ostream& out) : out_(out) {}

  void begin(const RunInfo& info) override {
    out_ << "{\"understudy_report\": 1, \"target\": " << render_json(info.target) << ", \"profiles\": " << render_json(info.profiles)
         << ", \"scenarios\": [";
  }

  void add(const Verdict& verdict) override {
    out_ << (first_ ? "\n" : ",\n") << render_json(to_json(verdict));
    first_ = false;
  }

  void end(const Summary& summary) override {
    Json total = to_json(summary.counts);
    total["interrupted"] = summary.interrupted;
    total["elapsed_ms"] = summary.elapsed.count();
    total["left_behind"] = summary.left_behind;
    out_ << "\n], \"summary\": " << render_json(total) << "}\n";
    out_.flush();
  }

 private:
  std::ostream& out_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(std::ostream& out) { return std::make_unique<JsonReporter>(out); }

}  // namespace understudy
