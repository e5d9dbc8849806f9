// The program `understudy`: the list of its commands. main() calls it, and tests that need no process of their own.
#pragma once

#include <string>

namespace understudy {

// `commit`: that it was built from; may be empty. Returns the exit code. What goes wrong is printed, not thrown.
int run_program(const std::string& commit, int argc, char** argv);

}  // namespace understudy
