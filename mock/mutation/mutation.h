// Owns the catalogue of wrong servers: every Mutant of a contract, each wrong in one statement of it, derived from the contract
// alone, so that an API given as data has its own. Which scenarios notice is the business of conformance/score.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "mock/engine/deviation.h"

namespace understudy {

struct Mutant {
  std::string id;          // sellercloud.createOrder/row-not-enforced/company-positive; stable and unique
  std::string kind;        // row-not-enforced
  std::string api;         // sellercloud
  std::string operation;   // sellercloud.createOrder; empty: wrong in what the operations of the API share
  std::string what;        // what this server does, in one line
  Fact fact;               // of the statement that it breaks
  std::string equivalent;  // why nobody could tell it from a right server; empty: somebody could
  // Rules (as the journal names them) that refuse, rows, answers and members (as coverage names them): a scenario that met one of
  // these is the likeliest to notice. Best first.
  std::vector<std::string> hints;
  std::function<void(Contract&)> edit;  // of the contract that it is served by; empty: none
  Deviation deviation;                  // kind none: the wrong is in the contract alone
};

// In the order of the contract: operation by operation, then what they share. The contract outlives the mutants.
std::vector<Mutant> find_mutants(const Contract& contract);

// The contracts that the mutant is served by; the others are shared with `contracts`.
Contracts apply_mutant(const Contracts& contracts, const Mutant& mutant);

}  // namespace understudy
