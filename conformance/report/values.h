// The events of a run as JSON (schema/report.schema.json), for the JSON, NDJSON and HTML reports.
#pragma once

#include "conformance/report/report.h"
#include "contracts/src/base/json.h"

namespace understudy {

inline constexpr int kReportVersion = 1;

Json to_json(const RunInfo& info);
Json to_json(const Verdict& verdict);
Json to_json(const StepReport& step);
Json to_json(const Finding& finding);
Json to_json(const Headers& headers);
Json to_json(const Place& place);  // null without a file
Json to_json(const Counts& counts);
// `complete`: the run has ended, and the numbers are final.
Json to_json(const Summary& summary, bool complete);
// Counts by API, kind and evidence; then each item that was not exercised, and why.
Json to_json(const Coverage& coverage);

}  // namespace understudy
