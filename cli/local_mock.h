// The mock that `verify`, `mutate` and `compare` start in their own process when they have no other target. It listens on a free
// loopback port, so that scenarios always run over a real socket.
#pragma once

#include <memory>
#include <mutex>

#include "conformance/measure/coverage.h"
#include "conformance/target/target.h"
#include "mock/mock.h"
#include "mock/wire/wire.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

class LocalMock {
 public:
  static Result<std::unique_ptr<LocalMock>> open(const Contracts& contracts, const Profile& profile, int threads);

  Target target() const;  // with the base URL of each API, and the admin API
  Json own_findings() const { return current()->own_findings(); }
  // Without the socket, as a caller on this machine.
  Response handle(const Request& request) const { return current()->handle(request, {.loopback = true}).response; }

  // The next request and all later ones go to `mock`, on the same port and connections.
  void replace(std::shared_ptr<Mock> mock);

 private:
  LocalMock(const Contracts& contracts, const Profile& profile);
  std::shared_ptr<Mock> current() const;

  Contracts contracts_;
  mutable std::mutex mutex_;
  std::shared_ptr<Mock> mock_;  // guarded by mutex_
  std::unique_ptr<Wire> wire_;  // ends before the mock does
};

// Runs all scenarios silently on such a mock, in every standard profile, to learn which part of a contract each of them exercises.
// A scenario that does not pass counts for what it exercised.
Result<std::unique_ptr<Coverage>> collect_coverage(const Contracts& contracts, const Collected& scenarios);

}  // namespace understudy
