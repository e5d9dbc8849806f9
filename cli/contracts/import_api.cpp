#include "cli/contracts/import_api.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/apis.h"
#include "cli/commands.h"
#include "cli/contracts/starter.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/yaml/write_yaml.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDigest = "# Digest of what follows: ";
constexpr std::size_t kMostDifferences = 20;  // shown of a file

// The text with a comment that says where it comes from, and a digest by which the next import sees whether it was edited.
std::string sign(const std::string& comment, const std::string& text) {
  return comment + "# Importing again leaves this file alone once it is edited, and reports what it would change.\n" +
         std::string(kDigest) + sha256(text) + "\n" + text;
}

bool is_edited(const std::string& text) {
  const auto line = text.find(kDigest);
  const auto end = line == std::string::npos ? line : text.find('\n', line);
  if (end == std::string::npos) return true;
  return sha256(std::string_view(text).substr(end + 1)) != text.substr(line + kDigest.size(), end - line - kDigest.size());
}

// What the new text would change in an edited file.
void report_differences(const std::string& path, const std::string& edited, const std::string& fresh) {
  const auto before = parse_yaml(edited, path, {.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000});
  const auto after = parse_yaml(fresh, path, {.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000});
  if (!before) return std::cerr << render_problem(before.error()) << "\n", void();
  if (!after || before->root == after->root) return;
  const Json changes = Json::diff(before->root, after->root);
  std::cout << path << ": edited, left alone; the file now says something else in " << changes.size()
            << (changes.size() == 1 ? " place\n" : " places\n");
  for (std::size_t i = 0; i < std::min(changes.size(), kMostDifferences); ++i) {
    const std::string at = changes[i].value("path", ""), what = changes[i].value("op", "");
    const Json* old = find_pointer(before->root, at);
    std::cout << "  " << at << ": " << (old == nullptr ? "absent" : describe(*old)) << " -> "
              << (what == "remove" ? "absent" : describe(changes[i].value("value", Json()))) << "\n";
  }
  if (changes.size() > kMostDifferences) std::cout << "  ...\n";
}

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
    std::cout << fmt::format("{}: {} written, {} unchanged, {} edited and left alone, in {} and {}\n", name, written_, unchanged_, edited_,
                             contracts.string(), scenarios.string());
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
    const std::string fresh = sign(comment, text);
    std::error_code error;
    if (fs::exists(path, error)) {
      const auto old = load_text(path.string());
      if (old && *old == fresh) return ++unchanged_, void();
      if (old && is_edited(*old)) {
        ++edited_;
        return report_differences(path.string(), *old, fresh);
      }
    }
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << fresh << std::flush;
    if (!out) problem_ = usage_problem("import-unwritable", "'" + path.string() + "' cannot be written");
    ++written_;
  }

  const ApiImport& options_;
  std::optional<Problem> problem_;
  std::size_t written_ = 0, unchanged_ = 0, edited_ = 0;
};

}  // namespace

int import_api(const ApiImport& options, const std::string& text) { return ApiImporter(options).run(text); }

}  // namespace understudy
