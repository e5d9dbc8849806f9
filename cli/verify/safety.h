// Owns what keeps a run from doing harm on a host that is not this machine: what must be said before anything is sent, how much may
// be written, and the ledger of what was made there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/live/guard.h"
#include "conformance/run/suite.h"

namespace CLI {
class App;
}

namespace understudy {

struct SafetyOptions {
  bool allow_writes = false;
  std::vector<std::string> allow_hosts;
  std::optional<std::size_t> max_writes;
  std::string ledger;  // a file; empty: the user's own, for hosts that are not this machine
};

void add_safety_options(CLI::App& app, SafetyOptions& options);
// --ledger alone.
void add_ledger_option(CLI::App& app, std::string& ledger);

// Fails with failure unsafe where the runs would write to such a host without leave. Call it before anything is sent.
Result<void> check_safety(const SafetyOptions& options, const Target& target, const std::vector<Run>& runs, const RunContext& context);

// What the runs on a target go through.
struct Safety {
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<WriteGuard> guard;  // null: the target needs none
};
Result<Safety> open_safety(const SafetyOptions& options, const Target& target);

// The ledger's file: as given, or $XDG_STATE_HOME/understudy/ledger.ndjson.
std::string ledger_path(const std::string& given);

}  // namespace understudy
