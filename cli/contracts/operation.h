// All that a contract says about one operation, as text for people: request, checks, answers with the evidence of each aspect, switches,
// examples. `contracts show` and `explain` print it.
#pragma once

#include <string>

#include "cli/contracts/examples.h"

namespace understudy {

// The one operation of this name. An API may be left out where the name is unique; else, and for an unknown name, a usage problem that
// lists or suggests names.
Result<const Operation*> find_one_operation(const Contracts& contracts, const std::string& name);

// `files`: the set that the contract was read from, for its examples. Lines are broken at blanks to at most `columns`.
std::string render_operation(const Contract& contract, const Operation& operation, const FileSet& files, std::size_t columns);

// Prints it for the terminal, with at most 100 columns. `folder`: of --contracts; may be empty. Returns an exit code.
int show_operation(const Contract& contract, const Operation& operation, const std::string& folder);

}  // namespace understudy
