// Protects an account with real data: limits the writes of a run, knows what they made, and records it in the ledger. One for a whole
// run; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/message.h"
#include "conformance/live/ledger.h"
#include "conformance/target/transport.h"
#include "contracts/src/model/profile.h"

namespace understudy {

// Whether a message may change something: logins and reads do not.
bool is_write(const Message& message);

// Whether a request may have made something, although it did not succeed. It made nothing if it was refused: by a client error, or by a
// refusal of the contract. `operation` may be null.
bool may_have_made(const Contract& contract, const Operation* operation, const Switches& switches, const TransportResult& result);

struct PendingWrite {
  const Message& message;
  const Operation* operation;  // the one that the message reaches; null: none, or several in a batch
  const Request& request;      // as it is sent
  const Url& base;
  std::string scenario;
  std::string masked_body;  // without secrets; only for a ledger
};

class WriteGuard {
 public:
  // Both are optional. The ledger must outlive the guard.
  WriteGuard(std::optional<std::size_t> most_writes, Ledger* ledger) : most_(most_writes), ledger_(ledger) {}

  bool has_ledger() const { return ledger_ != nullptr; }
  // Call before sending. Returns the id of the ledger's entry, "" if there is none. Fails with failure unsafe: too-many-writes,
  // ledger-unwritable. A request that removes something that this run made is never refused.
  Result<std::string> begin(const PendingWrite& write);
  // Call after sending.
  Result<void> end(const PendingWrite& write, const std::string& id, const TransportResult& result, const Switches& switches);
  // What the scenario made, or perhaps made, and did not remove: "kiosk.things 5". Records that no operation removes are left out. Empties
  // the list.
  std::vector<std::string> take_leftovers(const std::string& scenario);

  std::size_t writes() const { return writes_; }

 private:
  struct Made {
    std::string entry;  // of the ledger; may be empty
    std::string scenario;
    std::string what;
  };

  const std::optional<std::size_t> most_;
  Ledger* const ledger_;
  std::atomic<std::size_t> writes_{0};
  std::mutex mutex_;
  std::multimap<std::string, Made> made_;  // guarded by mutex_: by "origin method target" of what removes it; "" if that is not known
};

}  // namespace understudy
