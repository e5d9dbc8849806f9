#include "tests/support/bundle.h"

#include "tests/support/catch.h"

namespace understudy {

const FileSet& bundled_file_set() {
  static const FileSet files = make_file_set(bundled_files());
  return files;
}

const Contracts& bundled_contracts() {
  static const Result<Contracts> contracts = load_contracts(bundled_files());
  if (!contracts) FAIL(render_problem(contracts.error()));
  return *contracts;
}

}  // namespace understudy
