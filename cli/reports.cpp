#include "cli/reports.h"

#include "cli/options.h"

namespace understudy {
namespace {

using MakeReporter = std::unique_ptr<Reporter> (*)(std::ostream&);

Result<void> add(Reports& reports, const std::string& path, MakeReporter make) {
  if (path.empty()) return {};
  auto file = std::make_unique<std::ofstream>(path, std::ios::binary);
  if (!*file) return tl::unexpected(usage("report-unwritable", "cannot write the report to " + path));
  reports.reporters.push_back(make(*file));
  reports.files.push_back(std::move(file));
  return {};
}

}  // namespace

Result<Reports> open_reports(const VerifyOptions& options) {
  Reports reports;
  const std::pair<const std::string*, MakeReporter> wanted[] = {{&options.report_json, make_json_reporter},
                                                                {&options.report_junit, make_junit_reporter}};
  for (const auto& [path, make] : wanted) {
    if (auto done = add(reports, *path, make); !done) return tl::unexpected(done.error());
  }
  return reports;
}

}  // namespace understudy
