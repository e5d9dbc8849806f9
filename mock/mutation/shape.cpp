// Mutants of the shape of requests: each statement of a body's schema is not enforced, each documented value refused, each optional
// member required, each member dropped.
#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/model/check.h"
#include "mock/mutation/catalogue.h"

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

// Which members of a request can show in answers: derived from templates, filters and rules that look up records.
class ShownMembers {
 public:
  explicit ShownMembers(const Contract& contract) : contract_(contract) {
    for (const auto& [name, answer] : contract.answers) {
      for (const ResponseVariant& variant : answer.variants) {
        if (variant.body) gather(*variant.body);
        gather(variant.headers);
      }
    }
    for (const Operation& operation : contract.operations) {
      for (const Filter& filter : operation.filters) {
        for (const std::string& member : filter.members) add_segments(member);
      }
      for (const Row& row : operation.rows) {
        if (row.verb != Verb::unique_in && row.verb != Verb::exists_in) continue;
        add_segments(row.at);
        for (const Json& key : row.argument.value("keys", Json::array())) add_segments(key.get<std::string>());
      }
    }
  }

  bool can_show(const Operation& operation, const std::string& pattern) const {
    if (whole_.contains("record") || whole_.contains("records")) return true;
    for (const std::string& name : operation.answers) {
      const ResponseDefinition* answer = contract_.find_response(name);
      if (answer == nullptr) continue;
      for (const ResponseVariant& variant : answer->variants) {
        if (variant.names.contains("request") && whole_.contains("request")) return true;
      }
    }
    const auto tokens = split_pointer(pattern);
    return std::ranges::any_of(tokens, [&](const std::string& one) { return segments_.contains(to_lower(one)); });
  }

 private:
  void add_segments(const std::string& pointer) {
    for (const std::string& token : split_pointer(pointer)) segments_.insert(to_lower(token));
  }

  // Of every {{a.b.c}} its parts; of {{a}} also the whole name.
  void gather(const Json& pattern) {
    if (pattern.is_structured()) {
      for (const auto& one : pattern) gather(one);
      return;
    }
    if (!pattern.is_string()) return;
    const auto& text = pattern.get_ref<const std::string&>();
    for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
      const auto end = text.find("}}", at);
      if (end == std::string::npos) return;
      const std::string path = text.substr(at + 2, end - at - 2);
      if (path.find('.') == std::string::npos) whole_.insert(path);
      for (std::size_t from = 0; from <= path.size();) {
        const auto dot = std::min(path.find('.', from), path.size());
        segments_.insert(to_lower(path.substr(from, dot - from)));
        from = dot + 1;
      }
    }
  }

  const Contract& contract_;
  std::set<std::string> segments_, whole_;
};

struct ShapeMutants {
  Catalogue& catalogue;
  const Operation& operation;
  const SchemaMember& member;
  const ShownMembers& shown;

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
    if (mutant.equivalent.empty() && !shown.can_show(operation, member.pattern))
      mutant.equivalent = "no answer shows it and no rule compares it with a record";
  }
};

}  // namespace

void add_shape_mutants(Catalogue& catalogue, const Operation& operation) {
  const ShownMembers shown(catalogue.contract);
  for (const SchemaMember& member : find_members(catalogue.contract, operation.body_schema, operation.fact)) {
    ShapeMutants mutants{catalogue, operation, member, shown};
    mutants.not_enforced();
    mutants.values_refused();
    mutants.demanded();
    mutants.thrown_away();
  }
}

}  // namespace understudy
