#include "cli/verify/reports.h"

#include <algorithm>
#include <functional>
#include <iostream>

#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/verify/claim_files.h"
#include "contracts/src/base/env.h"

namespace understudy {
namespace {

Result<std::ostream*> open_file(Reports& reports, const std::string& path, std::ios::openmode mode) {
  auto file = open_report(path, mode);
  if (!file) return tl::unexpected(file.error());
  reports.files.push_back(std::make_unique<std::ofstream>(std::move(*file)));
  reports.paths.push_back(path);
  return reports.files.back().get();
}

Result<std::ostream*> open_once(Reports& reports, const std::string& path) {
  if (std::find(reports.paths.begin(), reports.paths.end(), path) != reports.paths.end())
    return tl::unexpected(usage_problem("report-twice", "found two reports to " + path + ", expected a file for each"));
  return open_file(reports, path, std::ios::trunc);
}

Result<void> add_github(Reports& reports) {
  GithubOptions options{.workspace = read_environment("GITHUB_WORKSPACE"),
                        .resume_token = "understudy-" + std::to_string(draw_entropy()) + std::to_string(draw_entropy()),
                        .summary = nullptr};
  if (const auto path = read_environment("GITHUB_STEP_SUMMARY"); !path.empty()) {
    auto file = open_file(reports, path, std::ios::app);
    if (!file) return tl::unexpected(file.error());
    options.summary = *file;
  }
  reports.reporters.push_back(make_github_reporter(std::cout, std::move(options)));
  return {};
}

}  // namespace

Result<Reports> open_reports(const VerifyOptions& options, const Coverage* coverage, ClaimParts claim) {
  Reports reports;
  const std::pair<const std::string*, std::function<std::unique_ptr<Reporter>(std::ostream&)>> wanted[] = {
      {&options.report_json, [&](std::ostream& out) { return make_json_reporter(out, coverage); }},
      {&options.report_ndjson, [&](std::ostream& out) { return make_ndjson_reporter(out, coverage); }},
      {&options.report_junit, [](std::ostream& out) { return make_junit_reporter(out); }},
      {&options.report_html, [&](std::ostream& out) { return make_html_reporter(out, coverage); }}};
  for (const auto& [path, make] : wanted) {
    if (path->empty()) continue;
    auto file = open_once(reports, *path);
    if (!file) return tl::unexpected(file.error());
    reports.reporters.push_back(make(**file));
  }
  if (!options.report_claim.empty()) {
    std::vector<std::ostream*> streams;
    for (const auto& path : {options.report_claim, options.report_claim + kTranscriptSuffix}) {
      auto file = open_once(reports, path);
      if (!file) return tl::unexpected(file.error());
      streams.push_back(*file);
    }
    reports.reporters.push_back(make_claim_reporter(*streams[0], *streams[1], std::move(claim)));
  }
  if (options.report_github) {
    if (auto done = add_github(reports); !done) return tl::unexpected(done.error());
  }
  return reports;
}

Result<void> close_reports(Reports& reports) {
  for (std::size_t i = 0; i < reports.files.size(); ++i) {
    if (auto done = close_report(*reports.files[i], reports.paths[i]); !done) return done;
  }
  return {};
}

}  // namespace understudy
