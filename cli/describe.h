// Texts about the commands for other programs: manual pages and shell completions, made from the tables of commands.h. They are printed
// by `understudy manual` and `understudy completion`, so that an installed text never differs from the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace understudy {

std::vector<std::string> option_names(const Option& option);  // "-j,--jobs N": -j, --jobs; of a positional argument: its name
bool is_positional(const Option& option);
bool is_flag(const Option& option);                // takes no value
std::string option_value(const Option& option);    // what a manual calls the value: N, FILE; empty for a flag
std::string option_default(const Option& option);  // the value that is set; empty if there is none
bool takes_path(const Option& option);             // the value is a file or a folder

// What the exit codes of a command mean, in the order of the codes; of a command with subcommands all codes.
std::vector<ExitMeaning> exit_meanings(const Command& command);

// The page in troff (man macros) of the program, or of its command `name`. Empty if there is no such command.
std::string render_manual(const Command& program, const std::string& version, const std::string& name);
// The completion script for bash, zsh or fish; empty for another shell.
std::string render_completion(const Command& program, std::string_view shell);

// Both refer to `program`, which must outlive them.
Command make_manual_command(const Command& program, const std::string& version);
Command make_completion_command(const Command& program);

}  // namespace understudy
