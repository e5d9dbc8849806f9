// Owns the mock in this process that `verify` and `mutate` talk to when they are given no target: behind a real socket on a free
// port of the loopback, so that there is one way to run.
#pragma once

#include <memory>
#include <mutex>

#include "conformance/target/target.h"
#include "mock/mock.h"
#include "mock/wire/wire.h"

namespace understudy {

class LocalMock {
 public:
  static Result<std::unique_ptr<LocalMock>> open(const Contracts& contracts, const Profile& profile, int threads);

  Target target() const;  // every API below its base, and the admin
  Json own_findings() const { return current()->own_findings(); }

  // From the next request on another mock answers, on the same port and connections.
  void replace(std::shared_ptr<Mock> mock);

 private:
  LocalMock(const Contracts& contracts, const Profile& profile);
  std::shared_ptr<Mock> current() const;

  Contracts contracts_;
  mutable std::mutex mutex_;
  std::shared_ptr<Mock> mock_;  // guarded by mutex_
  std::unique_ptr<Wire> wire_;  // ends before the mock does
};

}  // namespace understudy
