// Owns the mock in this process that `verify` talks to when it is given no target: behind a real socket on a free port of
// the loopback, so that there is one way to run.
#pragma once

#include <memory>

#include "conformance/target.h"
#include "mock/mock.h"
#include "mock/wire.h"

namespace understudy {

class LocalMock {
 public:
  static Result<std::unique_ptr<LocalMock>> open(const Contracts& contracts, const Profile& profile, int threads);

  Target target() const;  // every API below its base, and the admin
  Json own_findings() const { return mock_.own_findings(); }

 private:
  LocalMock(const Contracts& contracts, const Profile& profile);

  Contracts contracts_;
  Mock mock_;
  std::unique_ptr<Wire> wire_;  // ends before the mock does
};

}  // namespace understudy
