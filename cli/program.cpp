#include "cli/program.h"

#include <exception>
#include <iostream>
#include <string>

#include "cli/arguments.h"
#include "cli/describe.h"
#include "cli/files.h"
#include "cli/inputs.h"

namespace understudy {
namespace {

constexpr const char* kAbout =
    "Understudy is a stateful mock server for commerce APIs, and a test runner that checks real implementations against the same "
    "description.";
constexpr const char* kExamples =
    "Examples:\n"
    "  understudy serve                          serve the mock on http://127.0.0.1:8080 (user demo, password demo, key demo)\n"
    "  understudy serve petstore.yaml            serve any API of an OpenAPI or Swagger file, with records\n"
    "  understudy import petstore.yaml --to my   write its contract and starter scenarios, to refine them\n"
    "  understudy verify                         run the bundled scenarios against a mock in this process\n"
    "  understudy verify my/scenarios --target http://127.0.0.1:9000\n"
    "  understudy mutate                         measure which wrong servers the bundled scenarios detect\n"
    "  understudy compare my/scenarios --left mock --right http://127.0.0.1:9000\n"
    "  understudy claim check claim.json         check the result of a run with --report-claim\n"
    "  understudy lint my/scenarios              report mistakes in scenario files with file, line and column\n"
    "  understudy contracts list                 list the known operations of each API\n"
    "  understudy contracts show createOrder     show all that is known of one operation\n"
    "  understudy scenarios list --label orders  list scenarios with titles, labels, operations and levels\n";

// "understudy 0.1.0 (commit 1a2b3c4d5e6f)"
std::string version_line(const std::string& commit) {
  return "understudy " UNDERSTUDY_VERSION + (commit.empty() ? "" : " (commit " + commit + ")");
}

Command make_version_command(const std::string& line) {
  return {.name = "version",
          .about = "Print the version and the commit that the program was built from.",
          .examples = "Examples:\n  understudy version\n",
          .run = [line] {
            std::cout << line << "\n";
            return static_cast<int>(kPassed);
          }};
}

}  // namespace

int run_program(const std::string& commit, int argc, char** argv) {
  prepare_files();
  bool no_config = false;  // cli/arguments.cpp takes the word out before it parses the others
  try {
    Command program{.name = "understudy",
                    .about = kAbout,
                    .options = {{"--no-config", &no_config, "Do not read options from understudy.yaml. Any command takes it."}},
                    .examples = kExamples,
                    .subcommands = {make_serve_command(), make_verify_command(), make_record_command(), make_import_command(),
                                    make_mutate_command(), make_compare_command(), make_cleanup_command(), make_claim_command(),
                                    make_lint_command(), make_explain_command(), make_contracts_command(), make_scenarios_command(),
                                    make_schema_command(), make_health_command(), make_mcp_command()}};
    program.subcommands.push_back(make_completion_command(program));
    program.subcommands.push_back(make_manual_command(program, "understudy " UNDERSTUDY_VERSION));
    program.subcommands.push_back(make_help_command());
    program.subcommands.push_back(make_version_command(version_line(commit)));
    const int code = run_program(program, version_line(commit), argc, argv);
    const auto written = flush_output();
    return written ? code : graver_exit_code(code, report_problem(written.error()));
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << " [unexpected]\nThis is a bug in understudy.\n";
    return kOurBug;
  }
}

}  // namespace understudy
