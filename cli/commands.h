// The commands of the program with their exit codes, and the table in which a command declares its options. arguments.h parses them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace understudy {

// docs/command-line.md describes each of them.
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

// What each code means, in the order of the codes.
struct ExitMeaning {
  Exit code;
  const char* meaning;
};
inline constexpr ExitMeaning kExitMeanings[] = {
    {kPassed, "everything that ran passed"},
    {kFindings, "findings"},
    {kUsage, "usage: a wrong option, URL or name"},
    {kBadFile, "a mistake in a file"},
    {kUnreachable, "the target cannot be reached"},
    {kUnsafe, "stopped for safety"},
    {kDrift, "drift"},
    {kNothingRan, "nothing ran"},
    {kOurBug, "a bug in understudy"},
};

// Exit codes that several commands share.
inline const std::vector<Exit> kRunExits = {kFindings, kBadFile, kUnreachable, kUnsafe, kNothingRan, kOurBug};

// A check or property of an option.
struct OptionRule {
  std::function<void(CLI::App&, CLI::Option&)> apply{};
  std::vector<std::string> values{};  // the only values that the option takes; empty: any
  std::string variable{};             // the environment variable that is read when the option is not given
  std::string default_text{};         // shown instead of a default that depends on the machine
};
OptionRule required();
OptionRule not_empty();
OptionRule in_range(double least, double most);
OptionRule one_of(std::vector<std::string> values);
OptionRule from_variable(std::string name);  // of the environment
OptionRule by_cores(OptionRule rule);        // `rule`, and the default is the number of cores
OptionRule excludes(std::string option);     // of the same command, declared before this one

// One option, flag or positional argument. Parsing writes to `value`, which must outlive it; a value that is set is shown as the default.
struct Option {
  std::string names;  // "-j,--jobs N": the names and what the help calls the value; without dashes: a positional argument
  std::variant<bool*, std::string*, std::vector<std::string>*, int*, std::size_t*, std::uint16_t*, double*, std::optional<std::size_t>*,
               std::optional<std::uint16_t>*>
      value;
  std::string help;
  OptionRule rule{};    // one of those below
  std::string group{};  // the heading in the help
};
using Options = std::vector<Option>;
Options operator+(Options left, Options right);
Options group_options(const std::string& group, Options options);  // sets the heading of all of them

struct Command {
  std::string name, about;
  Options options{};
  std::string examples{};     // printed below the help
  std::vector<Exit> exits{};  // the exit codes that it may have besides 0 and 2
  std::function<int()> run{};
  std::vector<Command> subcommands{};  // instead of `run`
};

Command make_serve_command();
Command make_verify_command();
Command make_mutate_command();
Command make_record_command();
Command make_import_command();
Command make_cleanup_command();
Command make_compare_command();
Command make_lint_command();
Command make_explain_command();
Command make_contracts_command();
Command make_scenarios_command();
Command make_schema_command();
Command make_claim_command();
Command make_health_command();
Command make_mcp_command();
Command make_help_command();

}  // namespace understudy
