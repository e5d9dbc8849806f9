// All that a contract says about one operation, as text for people: request, checks, answers with the evidence of each aspect, switches,
// examples. `contracts show` and `explain` print it.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/load/load.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// The one operation of this name. An API may be left out where the name is unique; else, and for an unknown name, a usage problem that
// lists or suggests names.
Result<const Operation*> find_one_operation(const Contracts& contracts, const std::string& name);

// The files that the contract was read from. `folder`: of --contracts; may be empty.
Result<FileSet> files_of(const Contract& contract, const std::string& folder);

// An example of the vendor's documents: of the request of one operation, or of a named answer.
struct DocumentedExample {
  std::string request, answer;  // one of them is empty
  std::string source, because;
  std::string text;  // mostly JSON
};
std::vector<DocumentedExample> documented_examples(const Contract& contract, const FileSet& files);

// `files`: the set that the contract was read from, for its examples. Lines are broken at blanks to at most `columns`.
std::string render_operation(const Contract& contract, const Operation& operation, const FileSet& files, std::size_t columns);

// Prints it for the terminal, with at most 100 columns. `folder`: of --contracts; may be empty. Returns an exit code.
int show_operation(const Contract& contract, const Operation& operation, const std::string& folder);

}  // namespace understudy
