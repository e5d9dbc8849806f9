// The reports that a run writes beside its text: files, and annotations for GitHub. conformance/report/report.h renders them.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "cli/verify/verify_options.h"
#include "conformance/report/claim.h"
#include "conformance/report/report.h"
#include "contracts/src/base/problem.h"

namespace understudy {

// The reporters of the options, with the files that they write to.
struct Reports {
  std::vector<std::unique_ptr<std::ofstream>> files;
  std::vector<std::string> paths;                    // of the files
  std::vector<std::unique_ptr<Reporter>> reporters;  // destroyed before their files
};

// Opens every file before anything runs. Fails with failure usage if a file cannot be written or is named twice.
// `coverage` may be null; it must outlive the reports. `claim`: what --report-claim says beside the verdicts.
Result<Reports> open_reports(const VerifyOptions& options, const Coverage* coverage, ClaimParts claim);
// Fails if a file could not be written completely (a full disk).
Result<void> close_reports(Reports& reports);

}  // namespace understudy
