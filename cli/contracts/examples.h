// The files of a contract and the examples among them, which show what the vendor's documents show.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/load/load.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// The files that the contract was read from. `folder`: of --contracts; may be empty.
Result<FileSet> files_of(const Contract& contract, const std::string& folder);

// An example of the vendor's documents: of the request of one operation, or of a named answer.
struct DocumentedExample {
  std::string request, answer;  // one of them is empty
  std::string source, because;
  std::string text;  // mostly JSON
};
std::vector<DocumentedExample> documented_examples(const Contract& contract, const FileSet& files);

}  // namespace understudy
