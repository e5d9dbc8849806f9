// `understudy`: reads the command line, runs one command and ends with its exit code (docs/command-line.md).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <vector>

#include "cli/commands.h"
#include "contracts/src/base/problem.h"

namespace {

using namespace understudy;

constexpr const char* kAbout =
    "Understudy stands in for the commerce APIs you integrate with, and auditions whoever claims to implement them.";
constexpr const char* kExamples =
    "Examples:\n"
    "  understudy serve                          the mock on http://127.0.0.1:8080, user demo, password demo, key demo\n"
    "  understudy verify                         the bundled scenarios against a mock in this process\n"
    "  understudy verify my/scenarios --target http://127.0.0.1:9000\n"
    "  understudy mutate                         which wrong servers the bundled scenarios tell from a right one\n"
    "  understudy compare my/scenarios --left mock --right http://127.0.0.1:9000\n"
    "  understudy lint my/scenarios              what is wrong with scenario files, with its place\n"
    "  understudy contracts list                 what is known of each API\n"
    "\nExit codes: 0 passed, 1 findings, 2 usage, 3 bad file, 4 target unreachable, 5 stopped for safety, 6 drift, 7 nothing ran, 8 our "
    "bug.\n";

// What CLI11 says about a word that is no command does not say what was meant.
std::string find_wrong_command(const std::vector<Command>& commands, int argc, char** argv) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.app->get_name());
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with('-')) continue;
    if (std::find(names.begin(), names.end(), word) != names.end()) return {};
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    return "found command '" + std::string(word) + "', expected one of " + list + did_you_mean(word, names);
  }
  return {};
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "understudy");
  app.footer(kExamples);
  app.require_subcommand(1);
  app.set_version_flag("--version", "understudy " UNDERSTUDY_VERSION);
  const std::vector<Command> commands = {add_serve(app), add_verify(app),  add_mutate(app),    add_compare(app), add_cleanup(app),
                                         add_lint(app),  add_explain(app), add_contracts(app), add_schema(app),  add_version(app)};
  if (argc == 1) {
    std::cout << app.help();
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    const auto wrong = find_wrong_command(commands, argc, argv);
    std::cerr << "error: " << (wrong.empty() ? error.what() : wrong) << " [usage]\nRun understudy --help for what there is.\n";
    return kUsage;
  }
  for (const auto& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << " [unexpected]\nThis is a bug in understudy.\n";
    return kOurBug;
  }
}
