// The option --state of `serve`: where the tenants are kept besides memory.
#pragma once

#include "contracts/src/load/load.h"
#include "mock/storage/storage.h"

namespace understudy {

struct StateOptions {
  std::string place;            // a file; empty: memory alone
  std::string sync = "normal";  // normal or full
  bool starts_anew = false;     // --restage
};

// A usage problem if the options do not fit together, before anything is opened.
Result<void> check_state_options(const StateOptions& options);
// `contracts`: all files that the contracts are made of.
Result<std::unique_ptr<Storage>> open_state(const StateOptions& options, const FileSet& contracts);

}  // namespace understudy
