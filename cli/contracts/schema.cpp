// `understudy schema`: prints the JSON Schemas of scenario and target files, for editors.
#include <iostream>

#include "cli/commands.h"
#include "cli/inputs.h"

namespace understudy {
namespace {

int print_schema(const std::string& name) {
  const auto& files = embedded_files();
  const auto found = files.find("scenarios/schema/" + name + ".schema.json");
  if (found == files.end())
    return report_problem(
        usage_problem("unknown-schema", "found schema '" + name + "', expected scenario, target or scenario-list" +
                                            did_you_mean(name, std::vector<std::string>{"scenario", "target", "scenario-list"})));
  std::cout << found->second;
  return kPassed;
}

}  // namespace

Command make_schema_command() {
  auto name = std::make_shared<std::string>();
  return {.name = "schema",
          .about = "Print the JSON Schema of scenario files or target files, for editors, or of `scenarios list --json`.",
          .options = {{"name", name.get(), "The kind of file: scenario, target or scenario-list.", required()}},
          .examples = "Examples:\n  understudy schema scenario > scenario.schema.json\n  understudy schema target > target.schema.json\n",
          .run = [name] { return print_schema(*name); }};
}

}  // namespace understudy
