// Removes the records of an earlier run by its ledger: sends the undo of each leftover with the credentials of a target.
#pragma once

#include <string>
#include <vector>

#include "conformance/live/ledger.h"
#include "conformance/target/target.h"
#include "conformance/target/transport.h"

namespace understudy {

struct Removed {
  std::string what;
  bool gone = false;
  std::string detail;  // the response, or why nothing was sent
};

// Removes the leftovers, last first, and marks each in the ledger. An undo is sent only to the origin that the ledger names.
std::vector<Removed> undo_leftovers(const LedgerState& state, Ledger& ledger, const Target& target, const Contracts& contracts,
                                    Transport& transport);

}  // namespace understudy
