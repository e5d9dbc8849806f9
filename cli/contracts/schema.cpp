// `understudy schema`: the JSON Schemas of the files that people write, for editors.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/sources.h"

namespace understudy {
namespace {

int print_schema(const std::string& name) {
  const auto& files = bundled_file_set_of_binary();
  const auto found = files.find("scenarios/schema/" + name + ".schema.json");
  if (found == files.end())
    return complain(usage("unknown-schema", "found schema '" + name + "', expected scenario or target" +
                                                did_you_mean(name, std::vector<std::string>{"scenario", "target"})));
  std::cout << found->second;
  return kPassed;
}

}  // namespace

Command add_schema(CLI::App& parent) {
  auto* app = parent.add_subcommand("schema", "Print the JSON Schema of scenario or target files, for editors");
  auto name = std::make_shared<std::string>();
  app->add_option("name", *name, "scenario or target")->required();
  app->footer("Examples:\n  understudy schema scenario > scenario.schema.json\n  understudy schema target > target.schema.json\n");
  return {app, [name] { return print_schema(*name); }};
}

}  // namespace understudy
