// Owns the report files that a run writes beside its text; what is in them is conformance/report.h's business.
#pragma once

#include <fstream>
#include <memory>
#include <vector>

#include "cli/verify_options.h"
#include "conformance/report.h"
#include "contracts/src/problem.h"

namespace understudy {

// The reporters asked for, with the files that they write to.
struct Reports {
  std::vector<std::unique_ptr<std::ofstream>> files;
  std::vector<std::unique_ptr<Reporter>> reporters;  // destroyed before their files
};

// Opens every file before anything runs. Fails with failure usage: a file that cannot be written.
Result<Reports> open_reports(const VerifyOptions& options);

}  // namespace understudy
