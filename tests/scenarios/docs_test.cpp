// docs/scenarios.md is the reference of the language: its examples run, its words are all of them.
#include "contracts/src/load/load.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/match/match.h"
#include "scenarios/src/model/fault_words.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::string page() { return load_text(UNDERSTUDY_SOURCE_DIR "/docs/scenarios.md").value(); }

std::vector<std::string> examples() {
  const std::string text = page();
  const std::string open = "```yaml\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

}  // namespace

TEST_CASE("every example of the scenario page passes lint", "[docs][scenario]") {
  const auto files = load_folder(UNDERSTUDY_SOURCE_DIR "/contracts", "contracts");
  const auto contracts = parse_contracts(files.value());
  REQUIRE(contracts);
  REQUIRE(examples().size() == 4);
  for (const std::string& example : examples()) {
    const auto file = parse_scenario(example, "docs.yaml");
    CHECK((file ? "" : render_problem(file.error())) == "");
    if (!file) continue;
    for (const Problem& problem : lint_scenario(*file, *contracts)) CHECK(render_problem(problem) == "");
  }
}

TEST_CASE("the scenario page names every key, matcher, fault and word", "[docs][scenario]") {
  const std::string text = page();
  const Json schema = parse_json(load_text(UNDERSTUDY_SOURCE_DIR "/scenarios/schema/scenario.schema.json").value()).value();
  std::vector<std::string> words = matcher_words();
  words.insert(words.end(), fault_kinds().begin(), fault_kinds().end());
  words.insert(words.end(), fault_phases().begin(), fault_phases().end());
  for (const auto& [name, value] : schema.at("properties").items()) words.push_back(name);
  for (const char* definition : {"given", "sending", "send_step", "calls_step", "repeat_step", "advance_step", "expect", "call_expect"})
    for (const auto& [name, value] : schema.at("definitions").at(definition).at("properties").items()) words.push_back(name);

  for (const std::string& word : words) {
    INFO(word);
    CHECK((text.find("`" + word) != std::string::npos || text.find(word + ":") != std::string::npos));
  }
}
