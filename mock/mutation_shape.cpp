// Wrong servers by the shape of what they are sent: each statement of a body's schema not enforced, each documented value refused,
// each optional member demanded, each member thrown away.
#include <algorithm>
#include <array>

#include "contracts/src/check.h"
#include "mock/mutation_parts.h"

namespace understudy {
namespace {

constexpr std::array<std::string_view, 13> kBounds = {"minimum",  "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
                                                      "maxLength", "pattern", "format",           "minItems",         "maxItems",   "uniqueItems",
                                                      "const"};

bool is_type(const Json& schema, std::string_view word) {
  const auto type = schema.find("type");
  if (type == schema.end()) return false;
  return type->is_array() ? std::find(type->begin(), type->end(), word) != type->end() : *type == word;
}

struct ShapeMutants {
  Catalogue& catalogue;
  const Operation& operation;
  const SchemaMember& member;

  std::string rule(std::string_view keyword) const { return implicit_row_id(operation, member.pattern, keyword); }
  std::string seen() const { return operation.name + "#" + member.pattern; }

  // Rows judge one item where there are items: the member as a row names it; nullopt where no row can.
  std::optional<std::string> row_place() const {
    if (operation.items.empty()) return member.pattern;
    const std::string prefix = operation.items + "/*";
    if (!member.pattern.starts_with(prefix + "/")) return std::nullopt;
    return member.pattern.substr(prefix.size());
  }

  Mutant& waived(const std::string& kind, std::string_view keyword, std::string what) {
    const bool plain = keyword == "required" || keyword == "type" || keyword == "enum";
    Mutant& mutant =
        catalogue.add(operation, kind, (member.pattern + (plain ? "" : "/" + std::string(keyword))).substr(1), std::move(what), member.fact);
    mutant.hints = {rule(keyword)};
    mutant.deviation.kind = Deviation::Kind::waived;
    mutant.deviation.name = rule(keyword);
    return mutant;
  }

  void not_enforced() {
    if (member.required) waived("required-not-enforced", "required", "a body without " + member.pattern + " is accepted");
    const bool listed = member.schema.contains("enum") || member.schema.contains("const");
    if (member.schema.contains("type") && !listed)
      waived("type-not-enforced", "type", member.pattern + " of a wrong type is accepted, and left out");
    if (member.schema.contains("enum"))
      waived("enum-not-enforced", "enum", member.pattern + " with a value that is not documented is accepted, and left out");
    for (const std::string_view keyword : kBounds) {
      if (member.schema.contains(keyword))
        waived("bound-not-enforced", keyword,
               member.pattern + " beyond " + std::string(keyword) + " " + render_json(member.schema[keyword]) + " is accepted, and left out");
    }
  }

  Row row(std::string at, Verb verb, std::vector<Condition> when) const {
    return {.id = operation.id + ".mutant",
            .at = std::move(at),
            .verb = verb,
            .argument = true,
            .when = std::move(when),
            .refuse = operation.refusals.shape,
            .message = {},
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
      Mutant& mutant = catalogue.add(operation, "value-refused", member.pattern.substr(1) + "=" + text_of_value(value),
                                     member.pattern + " is refused when it is " + render_json(value), member.fact);
      mutant.hints = {seen() + " = " + text_of_value(value)};
      with_row(mutant, row(*place, Verb::forbidden, {{.kind = Condition::Kind::value, .name = *place, .is = value}}), true);
    }
  }

  void demanded() {
    const auto place = row_place();
    if (!place || member.required) return;
    Mutant& mutant =
        catalogue.add(operation, "optional-demanded", member.pattern.substr(1), "a body without " + member.pattern + " is refused", member.fact);
    mutant.hints = {operation.name + " -> " + operation.success};
    // A member of a member that is absent is not missed.
    const std::string parent = place->substr(0, place->rfind('/'));
    std::vector<Condition> when;
    if (!parent.empty() && !parent.ends_with("*")) when.push_back({.kind = Condition::Kind::present, .name = parent, .is = true});
    with_row(mutant, row(*place, Verb::required, std::move(when)), true);
  }

  void thrown_away() {
    const auto place = row_place();
    if (!place || !is_writing(operation) || is_type(member.schema, "object") || is_type(member.schema, "array")) return;
    Mutant& mutant =
        catalogue.add(operation, "member-thrown-away", member.pattern.substr(1), "what is sent as " + member.pattern + " is not kept", member.fact);
    mutant.hints = {seen()};
    with_row(mutant, row(*place, Verb::ignored, {}), false);
  }
};

}  // namespace

void add_shape_mutants(Catalogue& catalogue, const Operation& operation) {
  for (const SchemaMember& member : find_members(catalogue.contract, operation.body_schema, operation.fact)) {
    ShapeMutants mutants{catalogue, operation, member};
    mutants.not_enforced();
    mutants.values_refused();
    mutants.demanded();
    mutants.thrown_away();
  }
}

}  // namespace understudy
