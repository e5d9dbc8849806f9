// Parses the command line by the tables of commands.h and runs the chosen command. Its source is the only file that uses CLI11.
#pragma once

#include "cli/commands.h"

namespace understudy {

// `program` has the commands as its subcommands. Returns the exit code; --help, --version and mistakes are answered here.
int run_program(const Command& program, const std::string& version, int argc, char** argv);

}  // namespace understudy
