// understudy.yaml: options that a project always gives. Members at the top are options of every command that has them; a mapping under the
// name of a command has options of this command alone, which win. docs/command-line.md describes the file.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "contracts/src/base/problem.h"

namespace understudy {

inline constexpr const char* kConfigFile = "understudy.yaml";

// The file that applies in `folder`: there, or in a folder above up to the root of the repository or the home folder, whichever is nearer;
// only there, if it is in neither. Empty: there is none. A file that another user owns or may write is left out, with a warning in
// `warnings`.
std::string find_config(const std::string& folder, std::string& warnings);

// The options of the file for a command, as words: --jobs=4. `chain`: the program, its command and the subcommand. Left out are options
// that `given`, the words of the command line, or the option's environment variable already give. Fails with a place for unknown members,
// and for what a file must not say: secrets, and what protects live accounts.
Result<std::vector<std::string>> read_config(const std::string& path, const std::vector<const Command*>& chain,
                                             const std::vector<std::string>& given);

}  // namespace understudy
