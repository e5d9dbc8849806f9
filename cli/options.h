// Owns what several commands ask for in the same words: which contracts, which scenarios; and how their mistakes are told.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

// The files and folders, or the bundled scenarios if there are none. Each is parsed and linted; all mistakes are listed.
Collected load_linted(const std::vector<std::string>& paths, const Contracts& contracts);

// A mistake of whoever typed the command.
Problem usage(std::string code, std::string message);

// Prints each to standard error; the exit code of the first in the order of docs/command-line.md.
int complain(const std::vector<Problem>& problems);
int complain(const Problem& problem);

}  // namespace understudy
