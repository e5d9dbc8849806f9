// Any bytes are a ledger: every line is an entry or is skipped with its place, what would be sent is one request, and an entry that a later
// run adds is read.
#include "conformance/live/ledger.h"

#include <algorithm>

#include "tests/fuzz/require.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  const auto state = parse_ledger(text, "ledger");
  require(state.items.size() + state.skipped.size() <= lines, "a line is one entry at most");
  for (const Problem& problem : state.skipped) {
    require(problem.place.line > 0 && problem.place.line <= lines, "a skipped line has its place");
    require(!render_problem(problem).empty(), "and can be reported");
  }
  for (const auto& item : state.items) {
    const int states = LedgerState::is_leftover(item) + LedgerState::is_unknown(item) + LedgerState::is_not_removable(item) +
                       LedgerState::is_unidentified(item);
    require(states <= 1, "an entry has one state");
    if (item.undo) require(!find_framing_break(item.undo->method, item.undo->target, {}), "a removal is one request");
  }
  const auto later = parse_ledger(text + "\n{\"event\":\"sending\",\"id\":\"later\"}\n", "ledger");
  require(later.items.size() == state.items.size() + 1 && later.items.back().entry.id == "later", "a later entry is read");
  require(later.skipped.size() == state.skipped.size(), "and changes no other");
  return 0;
}
