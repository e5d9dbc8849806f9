// Parses one scenario file. Unknown keys and values of a wrong type are problems with a place. See also: lint.h, which checks that
// operations, responses and variables exist.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "contracts/src/base/problem.h"
#include "contracts/src/yaml/yaml.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

struct ScenarioFile {
  YamlDocument document;  // for places
  Scenario scenario;
  std::map<std::string, std::string> body_files;  // text of each `body_file` that exists, by the name written (collect.h fills it)
};

// The first mistake in the order of reading, as file:line:column. `file` is the name used in messages; its last part gives
// the scenario's stem.
Result<ScenarioFile> parse_scenario(std::string_view text, std::string file);
Result<ScenarioFile> parse_scenario(YamlDocument document);

// <api>/<stem>, the name in verdicts and --run patterns.
std::string scenario_name(const Scenario& scenario);

// Variables are letters, digits, '_', '-' and '.', and start with a letter or '_'.
bool is_variable_name(std::string_view name);
// RFC 6901: "" or tokens behind '/', '~' only as ~0 and ~1.
bool is_json_pointer(std::string_view text);

}  // namespace understudy
