// `understudy cleanup`: what runs left behind on targets, by their ledger, and its removal.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/sources.h"
#include "cli/verify/safety.h"
#include "cli/verify/target_options.h"
#include "conformance/live/leftovers.h"
#include "conformance/target/http_transport.h"

namespace understudy {
namespace {

struct CleanupOptions {
  std::string contracts, ledger;
  TargetOptions target;
  bool resume = false;
};

std::string tell(const LedgerEntry& entry) {
  return entry.method + " " + entry.origin + entry.target + " of " + entry.scenario + ", " + entry.at;
}

// Says what the ledger knows; the number of items that may be there still.
std::size_t list(const LedgerState& state) {
  std::size_t open = 0;
  for (const auto& item : state.items) {
    if (LedgerState::is_leftover(item)) {
      std::cout << "left behind: " << item.undo->what << " (" << tell(item.entry) << ")\n";
      ++open;
    } else if (LedgerState::is_unknown(item)) {
      std::cout << "perhaps left behind: " << tell(item.entry) << ", which was never answered: " << item.entry.body << "\n";
      ++open;
    } else if (LedgerState::is_kept(item)) {
      std::cout << "stays, no operation removes it: " << tell(item.entry) << "\n";
    }
  }
  return open;
}

int cleanup(const CleanupOptions& options) {
  const auto path = ledger_path(options.ledger);
  const auto text = load_text(path);
  if (!text) return complain(text.error());
  auto state = parse_ledger(*text, path);
  if (!state) return complain(state.error());
  if (!options.resume) {
    const auto open = list(*state);
    std::cout << open << " open" << std::endl;
    return open == 0 ? kPassed : kUnsafe;
  }
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return complain(contracts.error());
  const auto target = read_target(options.target, *contracts);
  if (!target) return complain(target.error());
  auto ledger = Ledger::open(path, draw_entropy());
  if (!ledger) return complain(ledger.error());
  HttpTransport transport(target->reach);
  std::size_t gone = 0, left = 0;
  for (const auto& one : undo_leftovers(*state, **ledger, *target, *contracts, transport)) {
    std::cout << (one.gone ? "removed: " : "still there: ") << one.what << " (" << one.detail << ")\n";
    ++(one.gone ? gone : left);
  }
  for (const auto& item : state->items) {
    if (!LedgerState::is_unknown(item)) continue;
    std::cout << "perhaps left behind: " << tell(item.entry) << ", which was never answered: " << item.entry.body << "\n";
    ++left;
  }
  std::cout << gone << " removed, " << left << " left" << std::endl;
  return left == 0 ? kPassed : kUnsafe;
}

}  // namespace

Command add_cleanup(CLI::App& parent) {
  auto* app = parent.add_subcommand("cleanup", "List what runs left behind on targets, or remove it");
  auto options = std::make_shared<CleanupOptions>();
  app->add_flag("--resume", options->resume, "Remove it, with the credentials of the target");
  add_ledger_option(*app, options->ledger);
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  add_target_options(*app, options->target);
  app->footer(
      "Examples:\n"
      "  understudy cleanup                                    what may still be there; nothing is sent\n"
      "  understudy cleanup --resume --target staging.yaml     remove it\n");
  return {app, [options] { return cleanup(*options); }};
}

}  // namespace understudy
