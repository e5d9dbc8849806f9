// The state of the tenants in one SQLite file (docs/state.md describes its tables). It survives the end of the process at any moment.
#pragma once

#include "mock/storage/storage.h"

namespace understudy {

struct SqliteOptions {
  std::string file;
  std::string contracts;     // the digest of the contracts that the state belongs to
  bool full_sync = false;    // also survives a power failure: each commit waits for the disk
  bool starts_anew = false;  // forget what the file has
};

// Fails with code state-unusable, state-locked (another server uses the file), state-version or state-of-other-contracts.
Result<std::unique_ptr<Storage>> open_sqlite(const SqliteOptions& options);

}  // namespace understudy
