// Owns the list of commands of the one binary. Each command registers its arguments and hands back what runs it; exit codes
// are those of docs/command-line.md.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace understudy {

enum Exit : int {
  kPassed = 0,
  kFindings = 1,
  kUsage = 2,
  kBadFile = 3,
  kUnreachable = 4,
  kUnsafe = 5,
  kDrift = 6,
  kNothingRan = 7,
  kOurBug = 8,
};

struct Command {
  CLI::App* app;
  std::function<int()> run;
};

Command add_serve(CLI::App& parent);
Command add_verify(CLI::App& parent);
Command add_cleanup(CLI::App& parent);
Command add_compare(CLI::App& parent);
Command add_lint(CLI::App& parent);
Command add_explain(CLI::App& parent);
Command add_contracts(CLI::App& parent);
Command add_schema(CLI::App& parent);
Command add_version(CLI::App& parent);

}  // namespace understudy
