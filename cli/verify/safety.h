// Protects hosts other than this machine: which permissions a run needs before it sends anything, how much it may write, and the
// ledger of what it created there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "conformance/live/guard.h"
#include "conformance/run/suite.h"

namespace understudy {

struct SafetyOptions {
  bool allow_writes = false;
  std::vector<std::string> allow_hosts;
  std::optional<std::size_t> max_writes;
  std::string ledger;  // a file; empty: the user's own ledger, for hosts other than this machine
};

Options safety_options(SafetyOptions& options);
Options write_options(SafetyOptions& options);  // a part of them: which writes are permitted
Option ledger_option(std::string& ledger);

// Fails with failure unsafe if one of the target's hosts is not this machine and may not be written to. `what` would write.
Result<void> check_hosts(const SafetyOptions& options, const Target& target, const std::string& what);
// Fails with failure unsafe if the runs would write to such a host without permission. Call it before anything is sent.
Result<void> check_safety(const SafetyOptions& options, const Target& target, const std::vector<Run>& runs, const RunContext& context);

struct Safety {
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<WriteGuard> guard;  // every write goes through it; null: a run on this target removes its tenant
};
Result<Safety> open_safety(const SafetyOptions& options, const Target& target);

// `given`, or the default $XDG_STATE_HOME/understudy/ledger.ndjson.
std::string ledger_path(const std::string& given);

}  // namespace understudy
