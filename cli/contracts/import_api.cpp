#include "cli/contracts/import_api.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/apis.h"
#include "cli/commands.h"
#include "cli/contracts/made_files.h"
#include "cli/contracts/starter.h"
#include "cli/inputs.h"
#include "contracts/src/yaml/write_yaml.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

class ApiImporter {
 public:
  explicit ApiImporter(const ApiImport& options) : options_(options) {}

  int run(const std::string& text) {
    const auto api = parse_api(options_.file, text, load_text, options_.name);
    if (!api) return report_problems(api.error());
    const std::string& name = api->contract->api;
    const fs::path contracts = fs::path(options_.folder) / "contracts" / name, scenarios = fs::path(options_.folder) / "scenarios" / name;
    const std::string from = " from " + fs::path(options_.file).filename().string() + ".\n";
    write(contracts / "openapi.yaml",
          "# The shape, made by `understudy import`" + from + "# Schemas are draft-07; references to other files are resolved.\n",
          api->file.shape.root, 4);
    write(contracts / "rules.yaml",
          "# What each operation does, guessed by `understudy import`" + from +
              "# Everything here is assumed. Correct what is wrong, then write its source and evidence beside it (docs/contracts.md).\n"
              "# perform: answer keeps no records; give it a collection and create, read, list, update, delete or change.\n",
          api->guess.rules, 3);
    write(contracts / "answers.yaml",
          "# What is answered, guessed by `understudy import`" + from +
              "# fill: true completes each body by its schema, from examples or with made values. A template in body says what it really "
              "is.\n",
          api->guess.answers, 3);
    write(contracts / "collections.yaml",
          "# The records, guessed by `understudy import`" + from +
              "# model completes new records by their schema; records: exist from the start.\n",
          api->guess.collections, 3);
    const auto starters = make_starter_scenarios(api->contract);
    for (const auto& [operation, scenario] : starters.files)
      write(scenarios / (operation + ".yaml"), "# A starter scenario, made by `understudy import`" + from, scenario, 4);
    if (problem_) return report_problem(*problem_);
    std::cout << fmt::format("{}: {}, in {} and {}\n", name, files_.describe_counts(), contracts.string(), scenarios.string());
    std::cerr << describe_api(*api);
    for (const std::string& operation : starters.without)
      std::cerr << "    no scenario for " << operation << ": no valid request could be made from its schema\n";
    return kPassed;
  }

 private:
  void write(const fs::path& path, const std::string& comment, const Json& value, int spread) {
    if (problem_) return;
    std::string text;
    write_yaml(value, 0, text, spread);
    if (auto written = files_.write(path, comment, text); !written) problem_ = written.error();
  }

  const ApiImport& options_;
  std::optional<Problem> problem_;
  MadeFiles files_;
};

}  // namespace

int import_api(const ApiImport& options, const std::string& text) { return ApiImporter(options).run(text); }

}  // namespace understudy
