#include "cli/sources.h"

#include "cli/commands.h"
#include "contracts/src/load/bundle.h"

namespace understudy {

const FileSet& bundled_file_set_of_binary() {
  static const FileSet files = make_file_set(bundled_files());
  return files;
}

Result<Contracts> load_contracts(const std::string& folder) { return load_contracts(bundled_file_set_of_binary(), folder); }

int exit_of(const Problem& problem) {
  switch (problem.failure) {
    case Failure::usage: return kUsage;
    case Failure::bad_file: return kBadFile;
    case Failure::unreachable: return kUnreachable;
    case Failure::unsafe: return kUnsafe;
    case Failure::internal: return kOurBug;
  }
  return kOurBug;
}

}  // namespace understudy
