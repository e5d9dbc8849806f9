#include "scenarios/src/model/collect.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"

using namespace understudy;
namespace fs = std::filesystem;

namespace {

std::string scenario_text(const std::string& api, const std::string& labels = "[]", const std::string& step = "advance: 1s") {
  return "understudy: 1\nscenario: s\napi: " + api + "\nlabels: " + labels + "\nsteps: [{ " + step + " }]\n";
}

std::vector<std::string> names_of(const Collected& collected) {
  std::vector<std::string> names;
  for (const ScenarioFile& file : collected.files) names.push_back(scenario_name(file.scenario));
  return names;
}

// A folder of its own that is gone afterwards.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("understudy-collect-" + std::to_string(::getpid()))) { fs::create_directories(path_); }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("scenarios of a set are every yaml file below the root, apart from the schema", "[collect]") {
  const auto collected = parse_scenarios({
      {"scenarios/shop/b.yaml", scenario_text("shop")},
      {"scenarios/depot/a.yaml", scenario_text("depot", "[]", "send: x, with: { body_file: bodies/x.json }")},
      {"scenarios/depot/bodies/x.json", "[1]"},
      {"scenarios/schema/target.yaml", "no scenario"},
      {"contracts/shop/openapi.yaml", "no scenario"},
  });

  CHECK(collected.problems.empty());
  CHECK(names_of(collected) == std::vector<std::string>{"depot/a", "shop/b"});
  CHECK(collected.files[0].body_files == std::map<std::string, std::string>{{"bodies/x.json", "[1]"}});
}

TEST_CASE("folders and files on disk are read once, sorted, each mistake on its own", "[collect]") {
  const Folder folder;
  folder.write("all/shop/b.yaml", scenario_text("shop"));
  folder.write("all/shop/a.yaml", scenario_text("shop", "[]", "send: x, with: { body_file: x.json }"));
  folder.write("all/shop/x.json", "{}");
  folder.write("all/schema/c.yaml", "[");
  folder.write("all/bad.yaml", "understudy: 2\n");
  folder.write("empty/readme.txt", "");

  const auto collected = load_scenarios({folder / "all", folder / "all/shop/b.yaml", folder / "nowhere", folder / "empty"});

  CHECK(names_of(collected) == std::vector<std::string>{"shop/a", "shop/b"});
  CHECK(collected.files[0].body_files.at("x.json") == "{}");
  REQUIRE(collected.problems.size() == 3);
  CHECK(collected.problems[0].code == "unknown-version");
  CHECK(collected.problems[1].code == "scenario-not-found");
  CHECK(collected.problems[2].code == "no-scenarios");
}

TEST_CASE("no scenario of a folder is left out silently", "[collect]") {
  const Folder folder;
  folder.write("all/a.yaml", scenario_text("shop"));
  folder.write("all/b.yml", scenario_text("shop"));
  folder.write("all/c.YAML", scenario_text("shop"));
  folder.write("all/d.Yml", "broken: [");
  folder.write("all/e.yaml.bak", "broken: [");
  fs::create_symlink(folder / "moved.yaml", folder / "all/f.yaml");

  const auto collected = load_scenarios({folder / "all"});

  CHECK(names_of(collected) == std::vector<std::string>{"shop/a", "shop/b", "shop/c"});
  REQUIRE(collected.problems.size() == 2);
  CHECK(collected.problems[0].place.file.ends_with("d.Yml"));
  CHECK(render_problem(collected.problems[1]).find("f.yaml") != std::string::npos);
}

TEST_CASE("a body file behind a link that leads outside is not read", "[collect]") {
  const Folder folder;
  folder.write("secret.json", "1");
  folder.write("in/a.yaml", scenario_text("shop", "[]", "send: x, with: { body_file: x.json }"));
  fs::create_symlink(folder / "secret.json", folder / "in/x.json");

  CHECK(load_scenario(folder / "in/a.yaml").value().body_files.empty());
}

TEST_CASE("two scenarios with one name are reported with both places", "[collect]") {
  const auto collected =
      parse_scenarios({{"scenarios/one/a.yaml", scenario_text("shop")}, {"scenarios/two/a.yaml", scenario_text("shop")}});

  REQUIRE(collected.problems.size() == 1);
  CHECK(collected.problems[0].message == "found a second scenario named shop/a, the first is scenarios/one/a.yaml:2:11");
  CHECK(collected.problems[0].place.file == "scenarios/two/a.yaml");
}

TEST_CASE("scenarios are chosen by label and by pattern", "[collect]") {
  const auto files = parse_scenarios({{"scenarios/shop/create-one.yaml", scenario_text("shop", "[fast, create]")},
                                      {"scenarios/shop/delete.yaml", scenario_text("shop", "[fast]")},
                                      {"scenarios/depot/create-two.yaml", scenario_text("depot", "[create]")}})
                         .files;
  struct Row {
    const char* why;
    Selection selection;
    std::vector<std::string> chosen, unmatched;
  };
  const auto row = GENERATE(values<Row>({
      {"everything", {}, {"depot/create-two", "shop/create-one", "shop/delete"}, {}},
      {"label", {.labels = {"fast"}}, {"shop/create-one", "shop/delete"}, {}},
      {"pattern over the name", {.run = {"shop/*"}}, {"shop/create-one", "shop/delete"}, {}},
      {"pattern over the stem", {.run = {"create-*"}}, {"depot/create-two", "shop/create-one"}, {}},
      {"skip wins", {.run = {"shop/*"}, .skip = {"delete"}}, {"shop/create-one"}, {}},
      {"label and pattern", {.labels = {"create"}, .run = {"shop/*"}}, {"shop/create-one"}, {}},
      {"nothing by a typo",
       {.labels = {"fats"}, .run = {"shop/x"}, .skip = {"y"}},
       {},
       {"found --label 'fats', expected a label of a scenario (did you mean 'fast'?)",
        "found --run 'shop/x', expected the name of a scenario", "found --skip 'y', expected the name of a scenario"}},
  }));
  INFO(row.why);

  const Selected selected = select_scenarios(files, row.selection);

  std::vector<std::string> names;
  for (const ScenarioFile* file : selected.files) names.push_back(scenario_name(file->scenario));
  CHECK(names == row.chosen);
  CHECK(selected.unmatched == row.unmatched);
}

TEST_CASE("a pattern that matches nothing is mended part by part", "[collect]") {
  struct Row {
    const char* why;
    const char* pattern;
    const char* hint;
  };
  const auto row = GENERATE(values<Row>({
      {"the part behind", "shop/creat-one", " (did you mean 'shop/create-one'?)"},
      {"the part before", "shpo/create-one", " (did you mean 'shop/create-one'?)"},
      {"both", "shpo/creat-one", " (did you mean 'shop/create-one'?)"},
      {"wildcards stay", "shpo/*", " (did you mean 'shop/*'?)"},
      {"only names of the right part before are near", "depot/delete", ""},
      {"without a part before", "creat-one", " (did you mean 'create-one'?)"},
      {"nothing is near", "shop/zzz", ""},
      {"nothing at all", "", ""},
  }));
  INFO(row.why);
  CHECK(did_you_mean_pattern(row.pattern, {"shop/create-one", "shop/delete", "depot/create-two"}) == row.hint);
}

TEST_CASE("patterns know star and question mark", "[collect]") {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const auto row = GENERATE(values<Row>({
      {"", "", true},
      {"*", "", true},
      {"a*c", "abc", true},
      {"a*c", "abcd", false},
      {"a*b*c", "aXbYbZc", true},
      {"?b", "ab", true},
      {"?", "", false},
      {"a", "ab", false},
      {"*.x", "a.y.x", true},
      {"[a]", "a", false},
  }));
  INFO(row.pattern << " over " << row.text);

  CHECK(matches_glob(row.pattern, row.text) == row.matches);
}

TEST_CASE("a folder that cannot be read is a problem, and what can be read is loaded", "[collect]") {
  const Folder folder;
  folder.write("a.yaml", scenario_text("shop"));
  folder.write("closed/b.yaml", scenario_text("shop"));
  fs::permissions(folder / "closed", fs::perms::none);
  const uid_t user = geteuid();
  if (user == 0) REQUIRE(seteuid(65534) == 0);  // root can read everything

  const auto collected = load_scenarios({folder / ""});

  REQUIRE(seteuid(user) == 0);
  fs::permissions(folder / "closed", fs::perms(0755));
  REQUIRE(collected.problems.size() == 1);
  CHECK(collected.problems[0].code == "folder-unreadable");
  CHECK(collected.problems[0].place.file.ends_with("/closed"));
  CHECK(collected.files.size() == 1);
}
