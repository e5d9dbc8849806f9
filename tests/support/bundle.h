// Owns access of tests to the contracts as bundled in the binary.
#pragma once

#include "contracts/src/load/load.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// The bundled files as a set; the contracts parsed once. A contract that does not load fails the test with its problem.
const FileSet& bundled_file_set();
const Contracts& bundled_contracts();

}  // namespace understudy
