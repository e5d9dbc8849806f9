// Any bytes are a scenario or a problem with a place. A scenario can be expanded and linted against a contract, its needs can be
// listed, and every problem of lint has a place in the file.
#include <algorithm>

#include "contracts/src/load/load.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/expand.h"
#include "scenarios/src/model/needs.h"
#include "scenarios/src/model/parse.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

const Contracts& contracts() {
  static const Contracts kContracts = [] {
    const auto files = load_folder(UNDERSTUDY_SOURCE_DIR "/tests/data/toy/contracts", "contracts");
    require(files.has_value(), "the toy contracts are there");
    auto parsed = parse_contracts(*files);
    require(parsed.has_value(), "the toy contracts load");
    return *std::move(parsed);
  }();
  return kContracts;
}

void require_place(const Problem& problem, std::string_view text) {
  require(!problem.code.empty() && !problem.message.empty(), "a problem has a code and a sentence");
  require(problem.place.line <= static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1, "a place lies in the file");
  require(!render_problem(problem).empty(), "a problem can be rendered");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_scenario(text, "fuzz.yaml");
  if (!file) {
    require_place(file.error(), text);
    return 0;
  }
  for (const Problem& problem : lint_scenario(*file, contracts())) require_place(problem, text);
  const auto runs = expand_scenario(file->scenario);
  require(!runs.empty(), "a scenario is run at least once");
  for (const ScenarioRun& run : runs) {
    require(!run_name(file->scenario, run).empty(), "a run has a name");
    for (const Step& step : run.steps) require(step.each.empty(), "each step of a run is one step");
  }
  return 0;
}
