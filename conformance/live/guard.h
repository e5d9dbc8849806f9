// Protects an account with real data: limits the writes of a run and records in the ledger what they make. One for a whole run;
// thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "conformance/judge/message.h"
#include "conformance/live/ledger.h"
#include "conformance/target/transport.h"
#include "contracts/src/model/profile.h"

namespace understudy {

// Whether a message may change something: logins and reads do not.
bool is_write(const Message& message);

struct PendingWrite {
  const Message& message;
  const Request& request;  // as it is sent
  const Url& base;
  std::string scenario;
  std::string masked_body;  // without secrets
};

class WriteGuard {
 public:
  // Both are optional. The ledger must outlive the guard.
  WriteGuard(std::optional<std::size_t> most_writes, Ledger* ledger) : most_(most_writes), ledger_(ledger) {}

  // Call before sending. Returns the id of the ledger's entry, "" if there is none. Fails with failure unsafe: too-many-writes,
  // ledger-unwritable. A request that removes something that this run made is never refused.
  Result<std::string> begin(const PendingWrite& write);
  // Call after sending.
  Result<void> end(const PendingWrite& write, const std::string& id, const TransportResult& result, const Switches& switches);

  std::size_t writes() const { return writes_; }

 private:
  const std::optional<std::size_t> most_;
  Ledger* const ledger_;
  std::atomic<std::size_t> writes_{0};
};

}  // namespace understudy
