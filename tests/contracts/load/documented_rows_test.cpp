// Rows of the vendors' documents, transcribed by hand and independent of the contracts. A contract must enforce each of them, so
// that a row missing in a contract fails here.
#include <algorithm>
#include <sstream>

#include "contracts/src/load/parts.h"
#include "contracts/src/model/check.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

struct DocumentedRow {
  std::string api, operation;  // createProduct
  bool of_answer = false;      // of the operation's answer, not of its request
  std::string field, required, condition, source, at;
};

std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
  cells.resize(6);
  return cells;
}

std::vector<DocumentedRow> documented_rows(const std::string& api) {
  const auto text = load_text(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/documented-rows/" + api + ".tsv");
  REQUIRE(text);
  std::vector<DocumentedRow> rows;
  std::stringstream stream(*text);
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    const auto cells = split_tabs(line);
    const auto dot = cells[0].find('.');
    const auto end = cells[0].find(' ');
    rows.push_back({.api = cells[0].substr(0, dot),
                    .operation = cells[0].substr(dot + 1, end == std::string::npos ? end : end - dot - 1),
                    .of_answer = end != std::string::npos,
                    .field = cells[1],
                    .required = cells[2],
                    .condition = cells[3],
                    .source = cells[4],
                    .at = cells[5]});
  }
  return rows;
}

struct Place {
  const Contract& contract;
  const Operation& operation;
};

bool has_row(const Operation& operation, const std::string& at, std::initializer_list<Verb> verbs, const Contract& contract,
             const std::string& quoting = {}) {
  const std::string prefix = operation.items.empty() ? "" : operation.items + "/*";
  return std::any_of(operation.rows.begin(), operation.rows.end(), [&](const Row& row) {
    if (prefix + row.at != at || std::find(verbs.begin(), verbs.end(), row.verb) == verbs.end()) return false;
    if (quoting.empty()) return true;
    return std::any_of(row.when.begin(), row.when.end(), [&](const Condition& one) {
      const Setting* setting = one.kind == Condition::Kind::setting ? contract.find_setting(one.name) : nullptr;
      return setting != nullptr && quoting.find("'" + setting->called + "'") != std::string::npos;
    });
  });
}

// Schemas that judge the member the pointer names, followed through references and allOf.
std::vector<const Json*> schemas_at(const Json& document, const std::string& schema, const std::string& at) {
  std::vector<const Json*> here = {find_pointer(document, schema)};
  auto tokens = split_pointer(at);
  for (std::size_t depth = 0;; ++depth) {
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (here[i] == nullptr) continue;
      if (const auto ref = here[i]->find("$ref"); ref != here[i]->end())
        here.push_back(find_pointer(document, ref->get<std::string>().substr(1)));
      for (const char* word : {"allOf", "anyOf", "oneOf"}) {
        if (const auto parts = here[i]->find(word); parts != here[i]->end()) {
          for (const Json& part : *parts) here.push_back(&part);
        }
      }
    }
    if (depth == tokens.size()) return here;
    std::vector<const Json*> next;
    for (const Json* one : here) {
      if (one == nullptr) continue;
      const Json* found = find_pointer(*one, tokens[depth] == "*" ? std::string("/items") : join_pointer("/properties", tokens[depth]));
      if (found != nullptr) next.push_back(found);
    }
    here = std::move(next);
  }
}

bool is_required_by_shape(const Place& place, const std::string& at) {
  const auto slash = at.rfind('/');
  const auto parents = schemas_at(place.contract.document, place.operation.body_schema, at.substr(0, slash));
  return std::any_of(parents.begin(), parents.end(), [&](const Json* one) {
    if (one == nullptr || !one->contains("required")) return false;
    const Json& names = one->at("required");
    return std::find(names.begin(), names.end(), at.substr(slash + 1)) != names.end();
  });
}

void check_answer_row(const Place& place, const DocumentedRow& row) {
  const std::string name = row.at.substr(row.at.find(':') + 1);
  const ResponseDefinition* answer = place.contract.find_response(name);
  REQUIRE(answer != nullptr);
  const auto& all = place.operation.answers;
  CHECK(std::find(all.begin(), all.end(), name) != all.end());
  const Switches switches = resolve_profile({}, place.contract);
  CHECK(row.field.starts_with(std::to_string(status_of(pick_variant(*answer, switches), switches))));
}

void check_enumeration(const Place& place, const DocumentedRow& row, const std::string& value) {
  const auto equals = value.find('=');
  const std::string name = value.substr(0, equals);
  const auto schemas = schemas_at(place.contract.document, place.operation.body_schema, row.at);
  CHECK(std::any_of(schemas.begin(), schemas.end(), [&](const Json* one) {
    if (one == nullptr || !one->contains("enum")) return false;
    const Json& names = one->at("enum");
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end() || equals == std::string::npos) return found != names.end();
    return one->at("x-numbers").at(static_cast<std::size_t>(found - names.begin())) == std::stoi(value.substr(equals + 1));
  }));
}

void check_condition(const Place& place, const DocumentedRow& row) {
  struct Phrase {
    const char* words;
    std::initializer_list<Verb> verbs;
  };
  const Phrase phrases[] = {{"nly if ", {Verb::required, Verb::forbidden, Verb::ignored}},
                            {"greater than 0", {Verb::more_than}},
                            {"not negative", {Verb::at_least}},
                            {"two letters", {Verb::format}},
                            {"where the address is given", {Verb::required}},
                            {"one of the payment terms", {Verb::exists_in}},
                            {"if that is provided", {Verb::becomes}}};
  for (const Phrase& phrase : phrases) {
    if (row.condition.find(phrase.words) == std::string::npos) continue;
    INFO(phrase.words);
    const bool names_setting = row.condition.find("client setting") != std::string::npos;
    CHECK(has_row(place.operation, row.at, phrase.verbs, place.contract, names_setting ? row.condition : ""));
  }
}

void check_documented(const DocumentedRow& row) {
  const Contract* contract = bundled_contracts().find_api(row.api);
  REQUIRE(contract != nullptr);
  const Operation* operation = contract->find_operation(row.operation);
  REQUIRE(operation != nullptr);
  const Place place{*contract, *operation};
  if (row.at.starts_with("answer:")) return check_answer_row(place, row);
  if (row.of_answer) {
    const Switches switches = resolve_profile({}, *contract);
    CHECK(std::any_of(operation->answers.begin(), operation->answers.end(), [&](const std::string& name) {
      return declares_member(contract->document, pick_variant(*contract->find_response(name), switches).schema, row.at);
    }));
    return;
  }
  if (contract->batch && row.at == contract->batch->member_operation) return;  // a member of every call
  CHECK(declares_member(contract->document, operation->body_schema, row.at));
  const bool yes = row.required == "Yes" || row.required == "true";
  const bool is_conditional = row.condition.find("nly if ") != std::string::npos || row.condition.find("where ") != std::string::npos;
  if (yes && !is_conditional) CHECK((is_required_by_shape(place, row.at) || has_row(*operation, row.at, {Verb::required}, *contract)));
  if (const auto word = row.field.find(" enum "); word != std::string::npos) check_enumeration(place, row, row.field.substr(word + 6));
  check_condition(place, row);
}

}  // namespace

TEST_CASE("every documented row is a rule, a row or an answer of its contract", "[contracts][coverage]") {
  for (const auto& contract : bundled_contracts().apis) {
    for (const DocumentedRow& row : documented_rows(contract->api)) {
      INFO(row.source << ": " << row.field << " at " << row.at);
      check_documented(row);
    }
  }
}

}  // namespace understudy
