// Owns what tests of reports share: verdicts of every kind, made by running scenarios on the kiosk, and every reporter run over
// a list of verdicts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conformance/report/report.h"

namespace understudy::test {

// passed, passed with a note, failed in a value, failed in a batch, failed by transport, skipped, errored, known failing, with
// cleanup and something left behind; the first is passed.
std::vector<Verdict> sample_verdicts();
RunInfo sample_run();

// What a reporter writes about these verdicts.
std::string report_on(Reporter& reporter, const std::ostringstream& out, const std::vector<Verdict>& verdicts, const RunInfo& run);
// By format: text, json, ndjson, junit, html, github, markdown.
std::map<std::string, std::string> report_everywhere(const std::vector<Verdict>& verdicts, const RunInfo& run);

}  // namespace understudy::test
