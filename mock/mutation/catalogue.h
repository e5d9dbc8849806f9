// The parts of find_mutants() (mutation.h): each adds the mutants of one aspect of a contract to a catalogue.
#pragma once

#include "mock/mutation/mutation.h"

namespace understudy {

// Collects the mutants of one contract.
class Catalogue {
 public:
  explicit Catalogue(const Contract& the_contract) : contract(the_contract) {}

  // `of`: api.operation or the api. The id is of/kind/subject, or of/kind without a subject.
  Mutant& add(const std::string& of, std::string kind, const std::string& subject, std::string what, Fact fact,
              std::vector<std::string> hints = {}, Mutation::Kind mutation = Mutation::Kind::none, Json value = {});

  const Contract& contract;
  std::vector<Mutant> mutants;
};

// The operation of that id in a copy that is edited.
Operation& operation_in(Contract& contract, const std::string& id);
Fact fact_of_answer(const Contract& contract, const std::string& name, const Fact& fallback);
// Does the operation change records?
bool is_writing(const Operation& operation);
bool is_in_batch(const Operation& operation);

// A member that a schema declares, at any depth.
struct SchemaMember {
  std::string pattern;  // /Products/*/Qty
  std::string place;    // JSON Pointer into the document; members at the same place are one statement
  Json schema;          // references resolved, parts of allOf merged
  bool required = false;
  Fact fact;
};
// In the order of the schema, parents before children.
std::vector<SchemaMember> find_members(const Contract& contract, const std::string& schema, const Fact& fallback);

void add_row_mutants(Catalogue& catalogue, const Operation& operation);
void add_shape_mutants(Catalogue& catalogue, const Operation& operation);
void add_operation_mutants(Catalogue& catalogue, const Operation& operation);
void add_answer_mutants(Catalogue& catalogue);
void add_batch_mutants(Catalogue& catalogue);
void add_shared_mutants(Catalogue& catalogue);

}  // namespace understudy
