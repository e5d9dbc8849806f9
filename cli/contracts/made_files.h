// Files that `understudy import` makes for people to refine. Importing again must not undo their changes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "contracts/src/base/problem.h"

namespace understudy {

// Writes files that begin with a comment and a digest of what follows. A file whose digest no longer fits was edited: it stays, and what
// the new text would change in it is printed to standard output.
class MadeFiles {
 public:
  // `comment`: lines that begin with "# ", each ended by a newline. Makes the folders of the path. Fails with failure usage and code
  // import-unwritable.
  Result<void> write(const std::filesystem::path& path, const std::string& comment, const std::string& yaml);
  // "3 written, 1 unchanged, 0 edited and left alone"
  std::string describe_counts() const;

 private:
  std::size_t written_ = 0, unchanged_ = 0, edited_ = 0;
};

}  // namespace understudy
