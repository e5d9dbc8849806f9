// The steps of loading one contract; only the files of this folder include it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "contracts/src/yaml/reader.h"

namespace understudy {

// The contract so far; `problem` is the first one found.
struct LoadContext {
  Contract contract;
  std::shared_ptr<Json> document;  // that of the contract; schemas of answers become part of it
  BindingWords words;
  Fact rule_defaults;
  std::string default_refuse;
  std::map<std::string, std::string> schema_origin;                 // pointer below /x-answers -> pointer in answers.yaml
  std::vector<std::string> module_names;                            // that the C++ or the changes of the API add to the names of templates
  std::vector<std::pair<std::string, std::string>> change_answers;  // pointer in rules.yaml -> an answer that it names
  std::optional<Problem> problem;
};

void load_openapi(LoadContext& context, YamlDocument& document);      // shape: operations, batch, schemas; the root moves to the contract
void load_rules(LoadContext& context, const YamlDocument& document);  // binding, rules, credentials, limits
void load_rows(LoadContext& context, Reader& reader);                 // rows of rules.yaml
// What `operations` says about the record of an operation and about what it changes.
void load_changes(LoadContext& context, Reader& reader, Operation& operation);
void load_later(LoadContext& context, Reader& reader, const std::string& at, Collection& collection);
void check_later(LoadContext& context, Reader& reader);                     // the switches of `later`; after both are read
void load_answers(LoadContext& context, const YamlDocument& document);      // named responses
void load_collections(LoadContext& context, const YamlDocument& document);  // records and sequences
void check_creations(LoadContext& context, const YamlDocument& document);   // the operations that collections name exist; call it last
void connect_answers(LoadContext& context, Reader& rules);  // the responses that operations name exist; call it after both are read

// Every name in the body, text and headers of the answer at `at` is one that the engine knows.
void check_template_names(const LoadContext& context, Reader& reader, const std::string& at);
// The template at `at` of rules.yaml or collections.yaml: null if there is none. It may use the names of requests and `names`.
Template read_template(const LoadContext& context, Reader& reader, const std::string& at, const std::vector<std::string>& names);
// The value at `at` has no {{name}}: nothing would fill it.
void check_unfilled(Reader& reader, const Json& value, const std::string& at);

// source, evidence, because of the mapping at `pointer`, over the defaults.
Fact read_fact(Reader& reader, std::string_view pointer, const Fact& defaults);

}  // namespace understudy
