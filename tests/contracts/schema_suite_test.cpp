// The official JSON Schema test suite (Debian: json-schema-test-suite). Another copy is found through JSON_SCHEMA_TEST_SUITE.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "contracts/src/schema.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::filesystem::path find_suite() {
  const char* chosen = std::getenv("JSON_SCHEMA_TEST_SUITE");
  for (const std::filesystem::path root : {chosen == nullptr ? "" : chosen, "/usr/share/json-schema-test-suite"}) {
    if (std::filesystem::is_directory(root / "tests" / "draft7")) return root / "tests" / "draft7";
  }
  return {};
}

Json load(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse_json(text).value();
}

struct Tally {
  std::size_t total = 0;    // tests of the files read
  std::size_t ran = 0;
  std::size_t refused = 0;  // tests of groups whose schema was refused
  std::vector<std::string> wrong;          // the verdict is not the suite's
  std::vector<std::string> unexplained;    // check() and explain() disagree
  std::set<std::string> refusals;          // "file: group: code at pointer"
};

void run_group(const std::string& file, const Json& group, Tally& tally) {
  const auto name = file + ": " + group.at("description").get<std::string>();
  const auto& tests = group.at("tests");
  tally.total += tests.size();
  const auto schemas = SchemaSet::compile(group.at("schema"), {""}, {.allow_ref_siblings = true, .allow_unknown = true});
  if (!schemas) {
    tally.refused += tests.size();
    tally.refusals.insert(name + ": " + schemas.error().code + " at " + schemas.error().pointer);
    return;
  }
  for (const auto& test : tests) {
    ++tally.ran;
    const auto title = name + ": " + test.at("description").get<std::string>();
    const auto& data = test.at("data");
    const bool valid = schemas->accepts("", data);
    if (valid != test.at("valid").get<bool>()) tally.wrong.push_back(title);
    const auto explained = schemas->explain("", data);
    const auto checked = schemas->check("", data);
    const bool undecided = !checked.empty() && checked.front().code == "undecided";
    if (valid != explained.empty() || valid != checked.empty() || undecided) tally.unexplained.push_back(title);
  }
}

Tally run_folder(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.insert(entry.path());
  }
  Tally tally;
  for (const auto& file : files) {
    const auto groups = load(file);
    for (const auto& group : groups) run_group(file.stem().string(), group, tally);
  }
  return tally;
}

}  // namespace

TEST_CASE("every required test of the official Draft 7 suite is right or refused by name", "[contracts][schema][suite]") {
  const auto suite = find_suite();
  if (suite.empty()) {
    WARN("json-schema-test-suite is not installed: nothing was proved here (apt-get install json-schema-test-suite)");
    return;
  }

  const auto tally = run_folder(suite);

  CHECK(tally.wrong == std::vector<std::string>{});
  CHECK(tally.unexplained == std::vector<std::string>{});
  CHECK(tally.ran + tally.refused == tally.total);
  CHECK(tally.ran > 300);
  // Only what needs another document or a base URI is refused.
  CHECK(tally.refusals == std::set<std::string>{});
}

TEST_CASE("optional tests of the official suite that we do not pass are known", "[contracts][schema][suite]") {
  const auto suite = find_suite();
  if (suite.empty()) {
    WARN("json-schema-test-suite is not installed: nothing was proved here (apt-get install json-schema-test-suite)");
    return;
  }

  auto tally = run_folder(suite / "optional");
  const auto formats = run_folder(suite / "optional" / "format");

  CHECK(tally.unexplained == std::vector<std::string>{});
  CHECK(formats.unexplained == std::vector<std::string>{});
  CHECK(tally.wrong == std::vector<std::string>{});
  CHECK(formats.wrong == std::vector<std::string>{});
  CHECK(tally.refusals == std::set<std::string>{});
  CHECK(formats.refusals == std::set<std::string>{});
}
