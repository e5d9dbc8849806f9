#include "mock/mutation/catalogue.h"

#include <algorithm>

namespace understudy {
namespace {

// Collects the members of a schema by pattern. Where several parts declare a member, their statements are merged.
struct MemberFinder {
  const Contract& contract;
  const Fact& fallback;
  std::vector<SchemaMember> members;

  SchemaMember& member(const std::string& pattern, const std::string& place) {
    const auto found = std::ranges::find(members, pattern, &SchemaMember::pattern);
    if (found != members.end()) return *found;
    members.push_back({.pattern = pattern, .place = place, .schema = Json::object(), .required = false, .fact = fallback});
    return members.back();
  }

  void walk(const Json& schema, std::string at, const std::string& pattern, int depth) {
    const Json* node = follow_refs(contract.document, &schema);
    if (node == nullptr || !node->is_object() || depth > 12) return;
    if (const auto target = local_ref(schema)) at = *target;
    if (!pattern.empty()) {
      const auto own = std::ranges::find(members, pattern, &SchemaMember::pattern);
      if (own != members.end()) own->schema.update(*node);
    }
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      const auto parts = node->find(word);
      if (parts == node->end()) continue;
      for (std::size_t i = 0; i < parts->size(); ++i) walk((*parts)[i], join_pointer(join_pointer(at, word), i), pattern, depth + 1);
    }
    if (const auto items = node->find("items"); items != node->end()) walk(*items, at + "/items", pattern + "/*", depth + 1);
    const auto properties = node->find("properties");
    if (properties == node->end()) return;
    const Json required = node->value("required", Json::array());
    for (const auto& [name, property] : properties->items()) {
      const std::string place = join_pointer(at + "/properties", name);
      const std::string here = join_pointer(pattern, name);
      SchemaMember& one = member(here, place);
      one.required |= std::find(required.begin(), required.end(), name) != required.end();
      one.fact = contract.find_fact(place).value_or(fallback);
      walk(property, place, here, depth + 1);
    }
  }
};

// Ids are typed on command lines.
std::string plain_id(std::string text) {
  std::replace(text.begin(), text.end(), ' ', '_');
  return text;
}

}  // namespace

Mutant& Catalogue::add(const std::string& of, std::string kind, const std::string& subject, std::string what, Fact fact,
                       std::vector<std::string> hints, Mutation::Kind mutation, Json value) {
  const std::string operation = of.find('.') == std::string::npos ? "" : of;
  std::string id = of + "/" + kind + (subject.empty() ? "" : "/" + plain_id(subject));
  mutants.push_back({.id = std::move(id),
                     .kind = std::move(kind),
                     .api = contract.api,
                     .operation = operation,
                     .what = std::move(what),
                     .fact = std::move(fact),
                     .hints = std::move(hints),
                     .mutation = {.kind = mutation, .api = contract.api, .operation = operation, .value = std::move(value)}});
  return mutants.back();
}

Fact fact_of_answer(const Contract& contract, const std::string& name, const Fact& fallback) {
  const ResponseDefinition* answer = contract.find_response(name);
  return answer == nullptr || answer->variants.empty() ? fallback : answer->variants.front().fact;
}

Operation& operation_in(Contract& contract, const std::string& id) {
  return *std::ranges::find_if(contract.operations, [&](const Operation& one) { return one.id == id; });
}

bool is_in_batch(const Operation& operation) { return !operation.call.empty(); }

bool is_writing(const Operation& operation) {
  if (operation.answers_nothing || operation.perform == Perform::issue_token) return false;
  return is_in_batch(operation) || (operation.method != "GET" && operation.method != "HEAD");
}

std::vector<SchemaMember> find_members(const Contract& contract, const std::string& schema, const Fact& fallback) {
  MemberFinder finder{.contract = contract, .fallback = fallback};
  if (const Json* root = schema.empty() ? nullptr : find_pointer(contract.document, schema); root != nullptr)
    finder.walk(*root, schema, "", 0);
  return std::move(finder.members);
}

std::vector<Mutant> find_mutants(const Contract& contract) {
  Catalogue catalogue(contract);
  for (const Operation& operation : contract.operations) {
    if (operation.answers_nothing) continue;
    add_operation_mutants(catalogue, operation);
    add_row_mutants(catalogue, operation);
    add_shape_mutants(catalogue, operation);
  }
  add_answer_mutants(catalogue);
  add_batch_mutants(catalogue);
  add_shared_mutants(catalogue);
  return std::move(catalogue.mutants);
}

Contracts apply_mutant(const Contracts& contracts, const Mutant& mutant) {
  if (!mutant.edit) return contracts;
  Contracts changed = contracts;
  for (auto& contract : changed.apis) {
    if (contract->api != mutant.api) continue;
    auto own = std::make_shared<Contract>(*contract);
    mutant.edit(*own);
    contract = std::move(own);
  }
  return changed;
}

}  // namespace understudy
