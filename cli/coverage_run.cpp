#include "cli/coverage_run.h"

#include "cli/local_mock.h"
#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"

namespace understudy {

Result<std::unique_ptr<Coverage>> collect_coverage(const Contracts& contracts, const Collected& scenarios) {
  auto local = LocalMock::open(contracts, Profile{}, 2);
  if (!local) return tl::unexpected(local.error());
  const Target target = (*local)->target();
  SuiteOptions suite;
  suite.profiles = standard_profiles();
  suite.jobs = 2;
  suite.make_transport = [] { return std::make_unique<HttpTransport>(); };
  std::vector<const ScenarioFile*> files;
  for (const ScenarioFile& file : scenarios.files) files.push_back(&file);
  const auto runs = plan_runs(files, contracts, suite);
  if (!runs) return tl::unexpected(runs.error());
  auto coverage = std::make_unique<Coverage>(contracts);
  const RunContext context{
      .contracts = contracts, .target = target, .variables = Json::object(), .strict = false, .coverage = coverage.get()};
  static_cast<void>(run_suite(*runs, context, suite, {}));
  return coverage;
}

}  // namespace understudy
