// Generated cases: which are made, what they expect, and how a failing one becomes smaller. The mock's part is played by a function.
#include "conformance/generate/generate.h"

#include <algorithm>
#include <set>

#include "conformance/generate/cases.h"
#include "conformance/generate/shrink.h"
#include "scenarios/src/model/expand.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

constexpr const char* kCreate =
    "steps:\n"
    "  - { name: create, send: createThing, with: { body: { name: \"n-{{run.id}}\", size: 2, weight: 3 } }, capture: { thing: $id } }\n"
    "cleanup: [{ send: deleteThing, with: { path: { id: \"{{thing}}\" } } }]\n";

std::vector<ScenarioFile> one_file(const std::string& rest) {
  std::vector<ScenarioFile> files;
  files.push_back(parse_kiosk(kiosk_scenario(rest)));
  return files;
}

std::vector<Case> cases_of(const std::string& rest, std::size_t limit = 1000, std::uint64_t seed = 1) {
  const auto bases = find_bases(one_file(rest), kiosk_contracts(), {});
  REQUIRE_FALSE(bases.empty());
  std::set<std::string> known;
  return list_cases(bases.front(), limit, seed, known);
}

const Case* find_case(const std::vector<Case>& cases, const std::string& name) {
  const auto found = std::ranges::find(cases, name, &Case::name);
  return found == cases.end() ? nullptr : &*found;
}

// Answers every run: a body without a name is refused, everything else succeeds.
Result<AnswersByRun> answer_all(const std::vector<ScenarioFile>& files) {
  AnswersByRun answers;
  for (const ScenarioFile& file : files) {
    for (const auto& run : expand_scenario(file.scenario)) {
      const Json* sent = find_pointer(run.variables, "/sent");
      const bool is_refused = sent != nullptr && sent->is_object() && !sent->contains("name");
      answers[run_name(file.scenario, run)] = {is_refused ? "bad_body" : "thing_created"};
    }
  }
  return answers;
}

}  // namespace

TEST_CASE("each statement about a member becomes a case", "[generate]") {
  const auto cases = cases_of(kCreate);
  const auto name = GENERATE(values<std::string>({
      "as it is", "sent twice", "credential none", "credential garbage", "credential expired", "body cut off", "no body", "body is a list",
      "/name absent",                    // required
      "/name is string \"\"",            // required
      "/size absent",                    // optional
      "/size is string \"unexpected\"",  // type
      "/size is integer 0",              // more_than 0: at the bound
      "/size is integer -1",             // below
      "/size is integer 1",              // above
  }));
  INFO(name);
  CHECK(find_case(cases, name) != nullptr);
}

TEST_CASE("cases differ in name, and each changes what is sent", "[generate]") {
  const auto cases = cases_of(kCreate);
  std::set<std::string> names, scenarios;
  const auto base = find_bases(one_file(kCreate), kiosk_contracts(), {}).front();
  for (const Case& one : cases) {
    names.insert(one.name);
    scenarios.insert(render_json(apply_case(base, one)));
  }
  CHECK(names.size() == cases.size());
  CHECK(scenarios.size() == cases.size());
}

TEST_CASE("a limit takes cases of every topic, and the seed decides which", "[generate]") {
  const auto names = [](const std::vector<Case>& cases) {
    std::vector<std::string> list;
    for (const Case& one : cases) list.push_back(one.name);
    return list;
  };
  const auto some = cases_of(kCreate, 12);
  std::set<std::string> topics, all_topics;
  for (const Case& one : some) topics.insert(one.topic);
  for (const Case& one : cases_of(kCreate)) all_topics.insert(one.topic);

  CHECK(some.size() == 12);
  CHECK(topics == all_topics);
  CHECK(names(some) == names(cases_of(kCreate, 12)));
  CHECK(names(some) != names(cases_of(kCreate, 12, 7)));
  CHECK(find_case(cases_of(kCreate, 1), "as it is") != nullptr);
}

TEST_CASE("a base is a step that succeeds, under nothing that changes answers", "[generate]") {
  struct Row {
    const char* rest;
    std::size_t bases;
  };
  const auto row = GENERATE(values<Row>({
      {"steps: [{ send: createThing, with: { body: { name: a } } }]\n", 1},
      {"steps: [{ send: createThing, with: { body: { name: a } }, expect: { answer: thing_created } }]\n", 1},
      {"steps: [{ send: createThing, with: { body: { name: a } }, expect: { status: 201 } }]\n", 1},
      {"steps: [{ send: createThing, with: { body: {} }, expect: { answer: bad_body } }]\n", 0},
      {"steps: [{ send: createThing, with: { body: {} }, expect: { status: 400 } }]\n", 0},
      {"steps: [{ send: createThing, auth: none, with: { body: { name: a } } }]\n", 0},
      {"steps: [{ send: createThing, with: { text: \"{}\" } }]\n", 0},
      {"given: { profile: observed }\nsteps: [{ send: createThing, with: { body: { name: a } } }]\n", 0},
  }));
  INFO(row.rest);
  CHECK(find_bases(one_file(row.rest), kiosk_contracts(), {}).size() == row.bases);
}

TEST_CASE("the mock's answers are expected, and rows with the same answer share a file", "[generate]") {
  const auto files = generate_scenarios(one_file(kCreate), kiosk_contracts(), {}, answer_all);
  REQUIRE(files);
  std::set<std::string> names;
  for (const ScenarioFile& file : *files) names.insert(file.scenario.file);
  CHECK(names.contains("kiosk/generated-createThing-body-bad_body.yaml"));
  CHECK(names.contains("kiosk/generated-createThing-body-thing_created.yaml"));
  CHECK(names.contains("kiosk/generated-createThing-as-it-is-thing_created.yaml"));
  CHECK(names.size() == files->size());

  const auto refused =
      std::ranges::find_if(*files, [](const auto& file) { return file.scenario.stem == "generated-createThing-body-bad_body"; });
  CHECK(refused->scenario.steps.back().expect.answer == "bad_body");
  CHECK(refused->scenario.each.size() == 1);
  CHECK(refused->scenario.cleanup.empty());  // what is refused leaves nothing
  const auto created =
      std::ranges::find_if(*files, [](const auto& file) { return file.scenario.stem == "generated-createThing-body-thing_created"; });
  CHECK(created->scenario.cleanup.size() == 1);
  for (const EachRow& row : created->scenario.each) CHECK(row.evidence.has_value());
}

TEST_CASE("with several profiles each has its cases, which hold in it only", "[generate]") {
  Profile observed;
  observed.base = "observed";
  const auto files = generate_scenarios(one_file(kCreate), kiosk_contracts(), {.profile = observed, .pin_profile = true}, answer_all);
  REQUIRE(files);
  REQUIRE_FALSE(files->empty());
  for (const ScenarioFile& file : *files) {
    CHECK(file.scenario.stem.ends_with("-observed"));
    CHECK(file.document.root["given"]["profile"] == "observed");
  }
}

TEST_CASE("a case of which the mock's answer is not known is left out", "[generate]") {
  const auto none = [](const std::vector<ScenarioFile>&) { return Result<AnswersByRun>(AnswersByRun()); };
  const auto files = generate_scenarios(one_file(kCreate), kiosk_contracts(), {}, none);
  REQUIRE(files);
  CHECK(files->empty());
}

TEST_CASE("a failing row loses every member that the failure does not need", "[generate]") {
  const auto files = generate_scenarios(one_file(kCreate), kiosk_contracts(), {}, answer_all);
  const auto created =
      std::ranges::find_if(*files, [](const auto& file) { return file.scenario.stem == "generated-createThing-body-thing_created"; });
  const auto alone = keep_row(*created, "/size is integer 0");
  REQUIRE(alone);
  REQUIRE(alone->scenario.each.size() == 1);
  std::size_t asked = 0;
  const auto needs_size = [&](const ScenarioFile& file) {
    ++asked;
    return file.scenario.each.front().variables["sent"].contains("size");
  };

  const auto smallest = shrink_row(*alone, needs_size, 30);

  CHECK(smallest.scenario.each.front().variables["sent"] == Json({{"size", 0}}));
  CHECK(asked == 3);
  CHECK(shrink_row(*alone, needs_size, 0).scenario.each.front().variables["sent"].size() == 3);
}
