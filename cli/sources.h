// Owns where contracts come from on the command line: the bundle in the binary, plus --contracts DIR.
#pragma once

#include <string>

#include "contracts/src/load/load.h"
#include "contracts/src/model/contract.h"

namespace understudy {

const FileSet& bundled_file_set_of_binary();
// The bundled contracts; a folder <api> below `folder` (empty: none) adds or replaces its API.
Result<Contracts> load_contracts(const std::string& folder);
// The exit code of a problem (docs/command-line.md).
int exit_of(const Problem& problem);

}  // namespace understudy
