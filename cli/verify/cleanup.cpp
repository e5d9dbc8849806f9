// `understudy cleanup`: lists the records that runs left on targets, as the ledger says, or removes them.
#include <filesystem>
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

// Prints what no removal can be sent for; returns the number of records that may still exist.
std::size_t list_unknown(const LedgerState& state) {
  std::size_t open = 0;
  for (const auto& item : state.items) {
    const bool is_unidentified = LedgerState::is_unidentified(item);
    if (!is_unidentified && !LedgerState::is_unknown(item)) continue;
    std::cout << (is_unidentified ? "left behind, its id is not known: " : "perhaps left behind: ") << describe(item.entry)
              << (is_unidentified ? ": " : ", which got no response: ") << escape_for_terminal(item.entry.body) << "\n";
    ++open;
  }
  return open;
}

// Prints the ledger; returns the number of records that may still exist.
std::size_t list(const LedgerState& state) {
  std::size_t open = 0;
  for (const auto& item : state.items) {
    if (LedgerState::is_leftover(item)) {
      std::cout << "left behind: " << escape_for_terminal(item.undo->what) << " (" << describe(item.entry) << ")\n";
      ++open;
    } else if (LedgerState::is_not_removable(item)) {
      std::cout << "cannot be removed, the API has no operation for it: " << describe(item.entry) << "\n";
    }
  }
  return open + list_unknown(state);
}

int cleanup(const CleanupOptions& options) {
  const auto path = ledger_path(options.ledger);
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown) && !unknown) {
    std::cout << "nothing to clean up: there is no ledger " << path << std::endl;
    return kPassed;
  }
  const auto text = load_text(path);
  if (!text) return report_problem(text.error());
  const auto state = parse_ledger(*text, path);
  for (const auto& line : state.skipped)
    std::cerr << render_place(line.place) << ": " << line.message << ": " << escape_for_terminal(line.source_line) << "\n";
  if (!options.resume) {
    const auto open = list(state);
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
  for (const auto& result : undo_leftovers(state, **ledger, *target, *contracts, transport)) {
    std::cout << (result.gone ? "removed: " : "still there: ") << escape_for_terminal(result.what) << " ("
              << escape_for_terminal(result.detail) << ")\n";
    ++(result.gone ? gone : left);
  }
  left += list_unknown(state);
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
          .exits = {kBadFile, kUnreachable, kUnsafe},
          .run = [options] { return cleanup(*options); }};
}

}  // namespace understudy
