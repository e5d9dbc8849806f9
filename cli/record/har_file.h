// A HAR file that is valid after each exchange, so that a recording that was killed can still be read. Thread-safe.
#pragma once

#include <fstream>
#include <mutex>
#include <string>

#include "contracts/src/base/problem.h"
#include "contracts/src/har/har.h"

namespace understudy {

class HarFile {
 public:
  explicit HarFile(std::string path) : path_(std::move(path)) {}

  // Replaces the file; a new one is readable for its owner only. Fails with failure usage and code report-unwritable, and so do the others.
  Result<void> open();
  Result<void> add(const Exchange& exchange);
  Result<void> close();

  std::size_t count() const { return count_; }

 private:
  const std::string path_;
  std::mutex mutex_;
  std::ofstream file_;      // guarded by mutex_, like all below
  std::streamoff end_ = 0;  // of the last exchange; the end of the document is written behind it again and again
  std::size_t count_ = 0;
};

}  // namespace understudy
