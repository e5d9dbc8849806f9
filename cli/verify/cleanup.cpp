// `understudy cleanup`: lists the records that runs left on targets, as the ledger says, or removes them.
#include <iostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/verify/safety.h"
#include "cli/verify/target_options.h"
#include "conformance/live/leftovers.h"
#include "conformance/target/http_transport.h"
#include "contracts/src/base/terminal.h"

namespace understudy {
namespace {

struct CleanupOptions {
  std::string contracts, ledger;
  TargetOptions target;
  bool resume = false;
};

std::string describe(const LedgerEntry& entry) {
  return escape_for_terminal(entry.method + " " + entry.origin + entry.target + " of " + entry.scenario + ", " + entry.at);
}

// Prints the ledger; returns the number of records that may still exist.
std::size_t list(const LedgerState& state) {
  std::size_t open = 0;
  for (const auto& item : state.items) {
    if (LedgerState::is_leftover(item)) {
      std::cout << "left behind: " << escape_for_terminal(item.undo->what) << " (" << describe(item.entry) << ")\n";
      ++open;
    } else if (LedgerState::is_unknown(item)) {
      std::cout << "perhaps left behind: " << describe(item.entry) << ", which got no response: " << escape_for_terminal(item.entry.body)
                << "\n";
      ++open;
    } else if (LedgerState::is_not_removable(item)) {
      std::cout << "cannot be removed, the API has no operation for it: " << describe(item.entry) << "\n";
    }
  }
  return open;
}

int cleanup(const CleanupOptions& options) {
  const auto path = ledger_path(options.ledger);
  const auto text = load_text(path);
  if (!text) return report_problem(text.error());
  auto state = parse_ledger(*text, path);
  if (!state) return report_problem(state.error());
  if (!options.resume) {
    const auto open = list(*state);
    std::cout << open << " open" << std::endl;
    return open == 0 ? kPassed : kUnsafe;
  }
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return report_problem(contracts.error());
  const auto target = read_target(options.target, *contracts);
  if (!target) return report_problem(target.error());
  auto ledger = Ledger::open(path, draw_entropy());
  if (!ledger) return report_problem(ledger.error());
  HttpTransport transport(target->connection);
  std::size_t gone = 0, left = 0;
  for (const auto& result : undo_leftovers(*state, **ledger, *target, *contracts, transport)) {
    std::cout << (result.gone ? "removed: " : "still there: ") << escape_for_terminal(result.what) << " ("
              << escape_for_terminal(result.detail) << ")\n";
    ++(result.gone ? gone : left);
  }
  for (const auto& item : state->items) {
    if (!LedgerState::is_unknown(item)) continue;
    std::cout << "perhaps left behind: " << describe(item.entry) << ", which got no response: " << escape_for_terminal(item.entry.body)
              << "\n";
    ++left;
  }
  std::cout << gone << " removed, " << left << " left" << std::endl;
  return left == 0 ? kPassed : kUnsafe;
}

}  // namespace

Command make_cleanup_command() {
  auto options = std::make_shared<CleanupOptions>();
  const Options own = {
      {"--resume", &options->resume, "Remove the records, with the credentials of the target."},
      ledger_option(options->ledger),
      contracts_option(options->contracts),
  };
  return {.name = "cleanup",
          .about = "List the records that runs left on targets, or remove them.",
          .options = own + target_options(options->target),
          .examples =
              "Examples:\n"
              "  understudy cleanup                                    list what may still exist, and send nothing\n"
              "  understudy cleanup --resume --target staging.yaml     remove it\n",
          .run = [options] { return cleanup(*options); }};
}

}  // namespace understudy
