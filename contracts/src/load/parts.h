// Owns the parts that loading a contract is made of; only load*.cpp and their tests include it.
#pragma once

#include <optional>
#include <string>

#include "contracts/src/model/contract.h"
#include "contracts/src/yaml/reader.h"

namespace understudy {

// What the files of one contract become, step by step; `problem` is the first thing found wrong.
struct Loading {
  Contract contract;
  BindingWords words;
  Fact rule_defaults;
  std::string default_refuse;
  std::map<std::string, std::string> schema_origin;  // pointer below /x-answers -> pointer in answers.yaml
  std::optional<Problem> problem;
};

void load_openapi(Loading& loading, const YamlDocument& document);      // shape: operations, batch, schemas
void load_rules(Loading& loading, const YamlDocument& document);        // how it reads and judges
void load_rows(Loading& loading, Reader& reader);                       // rows of rules.yaml
void load_answers(Loading& loading, const YamlDocument& document);      // named answers
void load_collections(Loading& loading, const YamlDocument& document);  // records and sequences
void check_creations(Loading& loading, const YamlDocument& document);   // what collections name is there, once all is read
void connect_answers(Loading& loading, Reader& rules);                  // operations <-> answers, once both are read

// source, evidence, because of the mapping at `pointer`, over the defaults.
Fact read_fact(Reader& reader, std::string_view pointer, const Fact& defaults);

}  // namespace understudy
