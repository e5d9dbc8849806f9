// `understudy version`: which build this is.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"

namespace understudy {

Command add_version(CLI::App& parent) {
  auto* app = parent.add_subcommand("version", "Print the version");
  return {app, [] {
            std::cout << "understudy " UNDERSTUDY_VERSION "\n";
            return static_cast<int>(kPassed);
          }};
}

}  // namespace understudy
