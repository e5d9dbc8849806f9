#include "tests/support/bundle.h"

#include "contracts/src/bundle.h"
#include "tests/support/catch.h"

namespace understudy {

const FileSet& bundled_file_set() {
  static const FileSet files = [] {
    FileSet set;
    for (const BundledFile& file : bundled_files()) set[std::string(file.path)] = std::string(file.text);
    return set;
  }();
  return files;
}

const Contracts& bundled_contracts() {
  static const Result<Contracts> contracts = parse_contracts(bundled_file_set());
  if (!contracts) FAIL(render_problem(contracts.error()));
  return *contracts;
}

}  // namespace understudy
