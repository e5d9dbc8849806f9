// Owns what stands between a run and an account that holds real things: how many writes there may be, and the ledger of what they
// make. One for a whole run; thread-safe.
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

class WriteGuard {
 public:
  // Either may be left out. The ledger must outlive the guard.
  WriteGuard(std::optional<std::size_t> most_writes, Ledger* ledger) : most_(most_writes), ledger_(ledger) {}

  struct Going {
    const Message& message;
    const Request& request;  // as it goes out
    const Url& base;
    std::string scenario;
    std::string shown_body;  // secrets hidden
  };
  // Before it is sent. The ledger's id of it, "" if it needs none. Fails with failure unsafe: too-many-writes, ledger-unwritable.
  // What takes away something that this run made is never refused.
  Result<std::string> begin(const Going& going);
  // After it was sent.
  Result<void> end(const Going& going, const std::string& id, const TransportResult& result, const Switches& switches);

  std::size_t writes() const { return writes_; }

 private:
  const std::optional<std::size_t> most_;
  Ledger* const ledger_;
  std::atomic<std::size_t> writes_{0};
};

}  // namespace understudy
