#include "scenarios/src/model/parse.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "scenarios/src/model/parse_step.h"
#include "scenarios/src/model/scenario_reader.h"

namespace understudy {
namespace {

constexpr int kVersion = 1;

const std::vector<std::string> kFileKeys = {"understudy", "scenario", "api", "labels", "evidence", "given", "each", "steps", "cleanup"};
const std::vector<std::string> kGivenKeys = {"clock",   "seed",   "ids",    "profile", "settings", "variables",
                                             "records", "faults", "limits", "states",  "alone"};

std::string stem_of(std::string_view file) {
  file = file.substr(file.rfind('/') + 1);
  for (const std::string_view ending : {".yaml", ".yml"})
    if (to_lower(file).ends_with(ending)) file.remove_suffix(ending.size());
  return std::string(file);
}

void check_version(ScenarioReader& reader) {
  const Json* version = reader.find("/understudy");
  if (version == nullptr) {
    reader.fail("", "missing-version", "expected the line 'understudy: 1', the version of the scenario language");
  } else if (*version != kVersion) {
    reader.fail("/understudy", "unknown-version", fmt::format("found {}, expected 1, the version this build reads", describe(*version)));
  }
}

std::vector<std::string> read_labels(ScenarioReader& reader) {
  std::vector<std::string> labels;
  for (const std::string& pointer : reader.elements("", "labels", "a list of labels")) {
    const Json& label = *reader.find(pointer);
    if (label.is_string() && !label.get_ref<const std::string&>().empty())
      labels.push_back(label.get<std::string>());
    else
      reader.fail_value(pointer, "a label, which is text");
  }
  return labels;
}

// The flag at the pointer; false if it is absent.
bool read_flag(ScenarioReader& reader, const std::string& pointer) {
  const Json* flag = reader.find(pointer);
  if (flag == nullptr) return false;
  if (!flag->is_boolean()) reader.fail_value(pointer, "true or false");
  return flag->is_boolean() && flag->get<bool>();
}

// A time, or {start: a time, runs: true}.
void read_clock(ScenarioReader& reader, Given& given) {
  std::string at = "/given/clock";
  const Json* clock = reader.find(at);
  if (clock == nullptr) return;
  if (clock->is_object()) {
    if (!reader.keys(at, {"start", "runs"}, "given.clock")) return;
    reader.need("/given/clock", "start", "the time at which the clock starts");
    given.clock_runs = read_flag(reader, "/given/clock/runs");
    at += "/start";
    clock = reader.find(at);
  }
  if (clock != nullptr && clock->is_string()) given.clock = parse_rfc3339(clock->get_ref<const std::string&>());
  if (!given.clock && clock != nullptr) reader.fail_value(at, "a time such as \"2026-03-02T09:00:00Z\" (RFC 3339)");
}

void read_seed(ScenarioReader& reader, Given& given) {
  const Json* seed = reader.find("/given/seed");
  if (seed == nullptr) return;
  if (seed->is_number_unsigned())
    given.seed = seed->get<std::uint64_t>();
  else
    reader.fail_value("/given/seed", "an integer >= 0");
}

void read_members(ScenarioReader& reader, std::string_view pointer, const Json& members, bool (*is_right)(const Json&),
                  std::string_view meaning) {
  for (const auto& [name, value] : members.items())
    if (!is_right(value)) reader.fail_value(join_pointer(pointer, name), meaning);
}

void read_variables(ScenarioReader& reader, Given& given) {
  given.variables = reader.mapping("/given", "variables", "variables: a mapping of names to values");
  for (const auto& [name, value] : given.variables.items()) {
    const std::string pointer = join_pointer("/given/variables", name);
    if (!is_variable_name(name))
      reader.fail_key(pointer, "bad-variable-name", fmt::format("found '{}', expected letters, digits, '_', '-' and '.'", name));
    else if (name.starts_with("run."))
      reader.fail_key(pointer, "reserved-variable", fmt::format("found '{}', but names that start with 'run.' are the runner's", name));
  }
}

void read_records(ScenarioReader& reader, Given& given) {
  given.records = reader.mapping("/given", "records", "records: a mapping of collections to lists");
  for (const auto& [collection, list] : given.records.items()) {
    for (const std::string& pointer : reader.elements("/given/records", collection, "a list of records"))
      if (!reader.find(pointer)->is_object()) reader.fail_value(pointer, "a record, which is a mapping");
  }
}

void read_states(ScenarioReader& reader, Given& given) {
  for (const std::string& pointer : reader.elements("/given", "states", "a list of states")) {
    GivenState state{.params = Json::object(), .pointer = pointer};
    if (!reader.keys(pointer, {"name", "params", "returns"}, "a state")) continue;
    reader.need(pointer, "name", "what the state is called");
    state.name = reader.text(pointer, "name", "what the state is called, which is text");
    state.params = reader.mapping(pointer, "params", "parameters: a mapping of names to values");
    for (const std::string& one : reader.elements(pointer, "returns", "a list of variables")) {
      const Json& name = *reader.find(one);
      if (name.is_string() && is_variable_name(name.get<std::string>()) && !name.get<std::string>().starts_with("run."))
        state.returns.push_back(name.get<std::string>());
      else
        reader.fail_value(one, "a variable's name");
    }
    given.states.push_back(std::move(state));
  }
}

Given read_given(ScenarioReader& reader) {
  Given given;
  if (reader.find("/given") == nullptr || !reader.keys("/given", kGivenKeys, "what the stage looks like")) return given;
  read_clock(reader, given);
  read_seed(reader, given);
  given.ids = reader.mapping("/given", "ids", "ids: a mapping of sequences to first numbers");
  read_members(
      reader, "/given/ids", given.ids, [](const Json& value) { return value.is_number_unsigned(); }, "an integer >= 0");
  if (const Json* profile = reader.find("/given/profile")) {
    given.profile = *profile;
    if (!profile->is_string() && !profile->is_object())
      reader.fail_value("/given/profile", "a profile: documented, observed, or {base: ..., switch: value}");
  }
  given.settings = reader.mapping("/given", "settings", "settings: a mapping of names to true or false");
  read_members(
      reader, "/given/settings", given.settings, [](const Json& value) { return value.is_boolean(); }, "true or false");
  read_variables(reader, given);
  read_records(reader, given);
  if (const Json* limits = reader.find("/given/limits")) given.limits = *limits;
  for (const std::string& pointer : reader.elements("/given", "faults", "a list of faults")) given.faults.push_back(*reader.find(pointer));
  read_states(reader, given);
  given.alone = read_flag(reader, "/given/alone");
  return given;
}

}  // namespace

bool is_variable_name(std::string_view name) {
  const auto is_first = [](char c) { return is_letter(c) || c == '_'; };
  const auto is_inner = [&](char c) { return is_first(c) || is_digit(c) || c == '.' || c == '-'; };
  return !name.empty() && is_first(name.front()) && std::ranges::all_of(name, is_inner);
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  return true;
}

std::string scenario_name(const Scenario& scenario) { return scenario.api + "/" + scenario.stem; }

Result<ScenarioFile> parse_scenario(YamlDocument document) {
  ScenarioReader reader(document);
  Scenario scenario;
  scenario.file = document.file;
  scenario.stem = stem_of(document.file);
  if (document.root.is_object()) check_version(reader);
  if (reader.keys("", kFileKeys, "a scenario")) {
    reader.need("", "scenario", "what the scenario shows, in one sentence");
    reader.need("", "api", "the API whose operations it sends");
    reader.need("", "steps", "what is sent, in order");
    scenario.title = reader.text("", "scenario", "a title, which is text");
    scenario.api = reader.text("", "api", "the name of an API");
    scenario.labels = read_labels(reader);
    scenario.evidence = reader.evidence("/evidence");
    scenario.given = read_given(reader);
    scenario.each = read_rows(reader, "");
    scenario.steps = read_steps(reader, scenario.api);
    scenario.cleanup = read_cleanup(reader, scenario.api);
  }
  if (reader.failed()) return tl::unexpected(*reader.problem());
  return ScenarioFile{.document = std::move(document), .scenario = std::move(scenario)};
}

Result<ScenarioFile> parse_scenario(std::string_view text, std::string file) {
  auto document = parse_yaml(text, std::move(file));
  if (!document) return tl::unexpected(std::move(document.error()));
  return parse_scenario(*std::move(document));
}

}  // namespace understudy
