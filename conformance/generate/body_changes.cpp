#include "conformance/generate/body_changes.h"

#include <fmt/format.h>

#include <set>

#include "contracts/src/base/escape.h"
#include "contracts/src/model/members.h"

namespace understudy {
namespace {

class Lister {
 public:
  Lister(const Contract& contract, const Operation& operation, const Json& body) : contract_(contract), operation_(operation), body_(body) {
    seen_.insert(render_json(body));
  }

  void try_members() {
    for (const Member& member : list_members(contract_.document, operation_.body_schema)) {
      const Json* schema = find_pointer(contract_.document, member.schema);
      schema = schema == nullptr ? nullptr : follow_refs(contract_.document, schema);
      if (schema == nullptr || !schema->is_object() || member.pointer.empty()) continue;
      const auto trials = trials_of_schema(*schema, member.required);
      try_all(body_, first_element(member.pointer), trials, evidence_at(member.schema));
      // Some servers look at the first element only.
      if (const auto other = last_element(member.pointer); !other.empty()) try_all(body_, other, trials, evidence_at(member.schema));
    }
  }

  // Each rule where its conditions hold, and where one of them does not.
  void try_rules() {
    const std::string item = operation_.items.empty() ? std::string() : join_pointer(operation_.items, std::size_t{0});
    for (const Row& row : operation_.rows) {
      if (row.about_record) continue;
      const auto met = meet_conditions(row, item);
      if (!met) continue;
      const std::string at = item + first_element(row.at);
      try_all(*met, at, trials_of_rule(row), row.fact.evidence);
      if (!json_equal(*met, body_)) add("rule", fmt::format("with the conditions of {}", row.id), *met, {.accepted = row.fact.evidence});
    }
  }

  std::vector<BodyChange> take() { return std::move(changes_); }

 private:
  static std::string first_element(std::string pointer) {
    replace_all(pointer, "/*", "/0");
    return pointer;
  }

  // The place in the last element of the first list on the way; empty: that list has no second element.
  std::string last_element(const std::string& pointer) const {
    const auto star = pointer.find("/*");
    const Json* list = star == std::string::npos ? nullptr : find_pointer(body_, pointer.substr(0, star));
    if (list == nullptr || !list->is_array() || list->size() < 2) return {};
    return join_pointer(pointer.substr(0, star), list->size() - 1) + first_element(pointer.substr(star + 2));
  }

  Evidence evidence_at(const std::string& schema) const {
    return weaker_of(contract_.find_fact(schema).value_or(operation_.fact).evidence, operation_.fact.evidence);
  }

  // The body with the conditions of a rule met as far as they are about the body; nothing if that is not possible.
  std::optional<Json> meet_conditions(const Row& row, const std::string& item) const {
    Json body = body_;
    for (const Condition& condition : row.when) {
      if (condition.kind == Condition::Kind::setting || condition.kind == Condition::Kind::switch_value) continue;
      if (condition.about_record) return std::nullopt;
      const std::string at = item + first_element(condition.name);
      if (condition.kind == Condition::Kind::value && !set_pointer(body, at, condition.is)) return std::nullopt;
      if (condition.kind == Condition::Kind::present && find_pointer(body, at) == nullptr) return std::nullopt;
    }
    return body;
  }

  void try_all(const Json& body, const std::string& at, const std::vector<Trial>& trials, Evidence evidence) {
    const auto parent = at.substr(0, at.rfind('/'));
    const Json* holder = find_pointer(body, parent);
    if (holder == nullptr || !holder->is_structured()) return;
    for (const Trial& trial : trials) {
      Json changed = body;
      if (trial.value.is_discarded() ? !erase_pointer(changed, at) : !set_pointer(changed, at, trial.value)) continue;
      add(trial.topic, fmt::format("{} {}", at, trial.says), std::move(changed), trial.known(evidence));
    }
  }

  void add(const std::string& topic, std::string name, Json body, Known known) {
    if (!seen_.insert(render_json(body)).second) return;
    if (names_.contains(name)) name = fmt::format("{} ({})", name, names_.size());
    names_.insert(name);
    changes_.push_back({topic, std::move(name), std::move(body), known});
  }

  const Contract& contract_;
  const Operation& operation_;
  const Json& body_;
  std::set<std::string> seen_, names_;
  std::vector<BodyChange> changes_;
};

}  // namespace

std::vector<BodyChange> list_body_changes(const Contract& contract, const Operation& operation, const Json& body) {
  if (operation.body_schema.empty()) return {};
  Lister lister(contract, operation, body);
  lister.try_members();
  lister.try_rules();
  return lister.take();
}

}  // namespace understudy
