// Mutants of the shape of requests: each statement of a body's schema is not enforced, each documented value refused, each optional
// member required, each member dropped.
#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/model/check.h"
#include "mock/mutation/catalogue.h"
#include "mock/mutation/visible.h"

namespace understudy {
namespace {

constexpr std::array<std::string_view, 13> kBounds = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",  "minLength", "maxLength",
    "pattern", "format",  "minItems",         "maxItems",         "uniqueItems", "const"};

bool is_type(const Json& schema, std::string_view word) {
  const auto type = schema.find("type");
  if (type == schema.end()) return false;
  return type->is_array() ? std::find(type->begin(), type->end(), word) != type->end() : *type == word;
}

struct ShapeMutants {
  Catalogue& catalogue;
  const Operation& operation;
  const SchemaMember& member;
  const Visibility& visibility;

  std::string rule(std::string_view keyword) const { return implicit_row_id(operation, member.pattern, keyword); }
  std::string seen() const { return operation.name + "#" + member.pattern; }

  // The member as rows name it. Rows see one item where there are items; nullopt: no row can name it.
  std::optional<std::string> row_place() const {
    if (operation.items.empty()) return member.pattern;
    const std::string prefix = operation.items + "/*";
    if (!member.pattern.starts_with(prefix + "/")) return std::nullopt;
    return member.pattern.substr(prefix.size());
  }

  Mutant& suppressed(const std::string& kind, std::string_view keyword, std::string what) {
    const bool plain = keyword == "required" || keyword == "type" || keyword == "enum";
    const std::string subject = (member.pattern + (plain ? "" : "/" + std::string(keyword))).substr(1);
    Mutant& mutant =
        catalogue.add(operation.name, kind, subject, std::move(what), member.fact, {rule(keyword)}, Mutation::Kind::finding_suppressed);
    mutant.mutation.name = rule(keyword);
    // Arguments that are wrong outside of any item are refused with an answer of the batch.
    const auto& batch = catalogue.contract.batch;
    if (batch && !row_place())
      mutant.fact.evidence = std::max(member.fact.evidence, fact_of_answer(catalogue.contract, batch->bad_arguments, member.fact).evidence);
    return mutant;
  }

  void not_enforced() {
    if (member.required) suppressed("required-not-enforced", "required", "a body without " + member.pattern + " is accepted");
    const bool listed = member.schema.contains("enum") || member.schema.contains("const");
    if (member.schema.contains("type") && !listed)
      suppressed("type-not-enforced", "type", member.pattern + " with a wrong type is accepted and dropped");
    if (member.schema.contains("enum"))
      suppressed("enum-not-enforced", "enum", member.pattern + " with an undocumented value is accepted and dropped");
    for (const std::string_view keyword : kBounds) {
      if (member.schema.contains(keyword))
        suppressed(
            "bound-not-enforced", keyword,
            member.pattern + " beyond " + std::string(keyword) + " " + render_json(member.schema[keyword]) + " is accepted and dropped");
    }
  }

  Row row(std::string at, Verb verb, std::vector<Condition> when) const {
    return {.id = operation.id + ".mutant",
            .at = std::move(at),
            .verb = verb,
            .argument = true,
            .when = std::move(when),
            .refuse = operation.refusals.shape,
            .fact = member.fact,
            .place = operation.place};
  }

  void with_row(Mutant& mutant, Row added, bool first) const {
    mutant.edit = [id = operation.id, added = std::move(added), first](Contract& contract) {
      auto& rows = operation_in(contract, id).rows;
      rows.insert(first ? rows.begin() : rows.end(), added);
    };
  }

  void values_refused() {
    const auto place = row_place();
    if (!place || !member.schema.contains("enum")) return;
    for (const Json& value : member.schema["enum"]) {
      Mutant& mutant =
          catalogue.add(operation.name, "value-refused", member.pattern.substr(1) + "=" + as_text(value),
                        member.pattern + " is refused when it is " + render_json(value), member.fact, {seen() + " = " + as_text(value)});
      with_row(mutant, row(*place, Verb::forbidden, {{.kind = Condition::Kind::value, .name = *place, .is = value}}), true);
    }
  }

  void demanded() {
    const auto place = row_place();
    if (!place || member.required) return;
    Mutant& mutant =
        catalogue.add(operation.name, "optional-demanded", member.pattern.substr(1), "a body without " + member.pattern + " is refused",
                      member.fact, {operation.name + " -> " + operation.success});
    with_row(mutant, row(*place, Verb::required, {}), true);
    for (const Row& one : operation.rows) {
      if (one.at == *place && one.verb == Verb::required && one.when.empty())
        mutant.equivalent = "the rule " + one.id + " requires it, too";
    }
  }

  void thrown_away() {
    const auto place = row_place();
    if (!place || !is_writing(operation) || is_type(member.schema, "object") || is_type(member.schema, "array")) return;
    Mutant& mutant = catalogue.add(operation.name, "member-thrown-away", member.pattern.substr(1),
                                   member.pattern + " is accepted but not stored", member.fact, {seen()});
    with_row(mutant, row(*place, Verb::ignored, {}), false);
    for (const Row& one : operation.rows) {
      if (one.at == *place && one.verb == Verb::ignored && one.when.empty()) mutant.equivalent = "the rule " + one.id + " drops it, too";
    }
    if (mutant.equivalent.empty()) mutant.equivalent = visibility.why_unseen(operation, member.pattern);
  }
};

}  // namespace

void add_shape_mutants(Catalogue& catalogue, const Operation& operation) {
  const Visibility visibility(catalogue.contract);
  for (const SchemaMember& member : find_members(catalogue.contract, operation.body_schema, operation.fact)) {
    ShapeMutants mutants{catalogue, operation, member, visibility};
    mutants.not_enforced();
    mutants.values_refused();
    mutants.demanded();
    mutants.thrown_away();
  }
}

}  // namespace understudy
