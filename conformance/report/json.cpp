#include <ostream>

#include "conformance/report/document.h"
#include "conformance/report/values.h"

namespace understudy {
namespace {

// {"understudy_report": 1, "target": ..., "scenarios": [one a line], "coverage": ..., "summary": {...}}
class JsonReporter : public Reporter {
 public:
  JsonReporter(std::ostream& out, const Coverage* coverage) : document_(out), coverage_(coverage) {}

  void begin(const RunInfo& info) override {
    auto head = "{\"understudy_report\": " + std::to_string(kReportVersion);
    const auto run = to_json(info);
    for (const auto& [name, value] : run.items()) head += ", " + render_json(name) + ": " + render_json(value);
    document_.add(head + ", \"scenarios\": [", end_of({}, false));
  }

  void add(const Verdict& verdict) override {
    so_far_.add(verdict);
    document_.add((first_ ? "\n" : ",\n") + render_json(to_json(verdict)), end_of(so_far_, false));
    first_ = false;
  }

  void end(const Summary& summary) override {
    document_.add("", end_of(summary, true));
    document_.close();
  }

 private:
  std::string end_of(const Summary& summary, bool complete) const {
    std::string end = "\n], ";
    if (complete && coverage_ != nullptr) end += "\"coverage\": " + render_json(to_json(*coverage_)) + ", ";
    return end + "\"summary\": " + render_json(to_json(summary, complete)) + "}\n";
  }

  GrowingDocument document_;
  const Coverage* coverage_;
  Summary so_far_;
  bool first_ = true;
};

// {"event": "run", ...}, a {"event": "verdict", ...} for each verdict, {"event": "end", ...}
class NdjsonReporter : public Reporter {
 public:
  NdjsonReporter(std::ostream& out, const Coverage* coverage) : out_(out), coverage_(coverage) {}

  void begin(const RunInfo& info) override {
    auto event = to_json(info);
    event["understudy_report"] = kReportVersion;
    write("run", std::move(event));
  }

  void add(const Verdict& verdict) override { write("verdict", to_json(verdict)); }

  void end(const Summary& summary) override {
    Json event = {{"summary", to_json(summary, true)}};
    if (coverage_ != nullptr) event["coverage"] = to_json(*coverage_);
    write("end", std::move(event));
  }

 private:
  void write(const char* name, Json event) {
    event["event"] = name;
    out_ << render_json(event) + "\n";
    out_.flush();
  }

  std::ostream& out_;
  const Coverage* coverage_;
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(std::ostream& out, const Coverage* coverage) {
  return std::make_unique<JsonReporter>(out, coverage);
}

std::unique_ptr<Reporter> make_ndjson_reporter(std::ostream& out, const Coverage* coverage) {
  return std::make_unique<NdjsonReporter>(out, coverage);
}

}  // namespace understudy
