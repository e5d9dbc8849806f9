// Owns the program understudy_reference while a test talks to it: its URL from its one line of output, its end.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace understudy::test {

class ReferenceProgram {
 public:
  explicit ReferenceProgram(std::vector<std::string> arguments = {});
  ~ReferenceProgram();  // kills it if it still runs
  ReferenceProgram(const ReferenceProgram&) = delete;
  ReferenceProgram& operator=(const ReferenceProgram&) = delete;

  int end(int signal);  // its exit code; 128 + signal when the signal ended it

  std::string url;

 private:
  pid_t child_ = 0;
};

}  // namespace understudy::test
