#include "cli/local_mock.h"

#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"

namespace understudy {

LocalMock::LocalMock(const Contracts& contracts, const Profile& profile)
    : contracts_(contracts),
      mock_(std::make_shared<Mock>(contracts, MockOptions{.profile = profile, .demo = true, .check_all_answers = true})) {}

Result<std::unique_ptr<LocalMock>> LocalMock::open(const Contracts& contracts, const Profile& profile, int threads) {
  std::unique_ptr<LocalMock> local(new LocalMock(contracts, profile));
  WireOptions options;
  options.threads = threads;
  auto wire = Wire::open(options, [mock = local.get()](Request&& request, const Peer& peer) {
    return mock->current()->handle(std::move(request), {.loopback = peer.loopback});
  });
  if (!wire) return tl::unexpected(wire.error());
  local->wire_ = std::move(*wire);
  return local;
}

void LocalMock::replace(std::shared_ptr<Mock> mock) {
  const std::lock_guard lock(mutex_);
  mock_.swap(mock);  // the old mock is destroyed outside the lock, after its last request
}

std::shared_ptr<Mock> LocalMock::current() const {
  const std::lock_guard lock(mutex_);
  return mock_;
}

Target LocalMock::target() const {
  const Url url{.scheme = "http", .host = "127.0.0.1", .port = wire_->port()};
  Target target;
  target.name = "the mock in this process";
  target.base = url;
  target.admin = url;
  for (const auto& contract : contracts_.apis) {
    auto base = url;
    base.path = contract->base == "/" ? "" : contract->base;
    target.bases.emplace(contract->api, base);
  }
  return target;
}

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
      .contracts = contracts, .target = target, .variables = Json::object(), .level = Evidence::assumed, .journals = coverage.get()};
  static_cast<void>(run_suite(*runs, context, suite, {}));
  return coverage;
}

}  // namespace understudy
