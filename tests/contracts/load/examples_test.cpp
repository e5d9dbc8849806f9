// Every documented example of a contract is what examples.yaml says it is: a request that satisfies shape and rows (or breaks
// the one named), or an answer that its variant allows.
#include "contracts/src/model/check.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/yaml/yaml.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

struct Example {
  std::string api;
  std::string file;
  Json entry;
};

std::vector<Example> bundled_examples() {
  std::vector<Example> out;
  for (const auto& contract : bundled_contracts().apis) {
    const std::string folder = "contracts/" + contract->api + "/examples/";
    const auto index = bundled_file_set().find(folder + "examples.yaml");
    if (index == bundled_file_set().end()) continue;
    const auto document = parse_yaml(index->second, index->first);
    REQUIRE(document);
    for (const Json& entry : document->root) out.push_back({contract->api, folder + entry.value("file", ""), entry});
  }
  return out;
}

Settings default_settings(const Contract& contract) {
  Settings settings;
  for (const Setting& one : contract.settings) settings[one.name] = one.value;
  return settings;
}

// The id of what the request breaks first; empty: nothing.
std::string first_broken(const Contract& contract, const Operation& operation, const Json& request) {
  const Switches switches = resolve_profile({}, contract);
  const Settings settings = default_settings(contract);
  Json body = operation.binder->bind(request);
  const Findings shape = check_shape(contract, operation, body);
  if (!shape.empty()) return shape.front().rule;
  std::vector<Json> judged = {body};
  if (!operation.items.empty()) judged = find_pointer(body, operation.items)->get<std::vector<Json>>();
  for (Json& one : judged) {
    if (const auto broken = judge_rows(contract, operation, one, {.settings = settings, .switches = switches})) return broken->finding.rule;
  }
  return {};
}

}  // namespace

TEST_CASE("every API has documented examples", "[examples]") {
  for (const auto& contract : bundled_contracts().apis) {
    INFO(contract->api);
    CHECK(bundled_file_set().contains("contracts/" + contract->api + "/examples/examples.yaml"));
  }
}

TEST_CASE("documented examples are what they are said to be", "[examples]") {
  for (const Example& example : bundled_examples()) {
    INFO(example.file);
    const Contract& contract = *bundled_contracts().find_api(example.api);
    REQUIRE(bundled_file_set().contains(example.file));
    const auto value = parse_json(bundled_file_set().find(example.file)->second);
    REQUIRE(value);
    CHECK_FALSE(example.entry.value("source", "").empty());
    if (example.entry.contains("request")) {
      const Operation* operation = contract.find_operation(example.entry["request"].get<std::string>());
      REQUIRE(operation != nullptr);
      Json request = *value;
      if (contract.batch && request.is_array()) {
        for (const Json& call : *value) {
          if (const Json* name = find_pointer(call, contract.batch->member_operation); name != nullptr && *name == operation->call) {
            request = *find_pointer(call, contract.batch->member_arguments);
          }
        }
      }
      const std::string breaks = example.entry.value("breaks", "");
      CHECK(first_broken(contract, *operation, request) == (breaks.empty() ? "" : example.api + "." + breaks));
    } else {
      const ResponseDefinition* answer = contract.find_response(example.entry.value("answer", ""));
      REQUIRE(answer != nullptr);
      const ResponseVariant& variant = pick_variant(*answer, resolve_profile({}, contract));
      Json judged = *value;
      if (answer->scope == Scope::item && judged.is_array()) judged = *find_pointer(judged, "/0/" + contract.batch->result_member + "/0");
      for (const Finding& finding : contract.schemas->check(variant.schema, judged)) {
        FAIL_CHECK(finding.pointer << ": expected " << finding.expected << ", found " << finding.actual);
      }
    }
  }
}

}  // namespace understudy
