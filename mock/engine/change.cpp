// Makes the changes of stored records that `changes:` of an operation describes. Everything goes into the call's transaction.
#include <algorithm>

#include "contracts/src/base/number.h"
#include "mock/engine/walk.h"

namespace understudy {
namespace {

// An object with these members: a new record or element.
Json make_object(const Json& members) {
  Json made = Json::object();
  if (!members.is_object()) return made;
  for (const auto& [name, value] : members.items()) set_pointer(made, member_pointer(name), value);
  return made;
}

Json& list_at(Json& target, const std::string& pointer) {
  Json* list = find_pointer(target, pointer);
  if (list == nullptr || !list->is_array()) set_pointer(target, pointer, Json::array());
  list = find_pointer(target, pointer);
  static thread_local Json nowhere;  // a scalar is in the way
  return list == nullptr ? nowhere = Json::array() : *list;
}

void append(Json& list, Json element, const std::string& key) {
  const auto key_of = [&](const Json& one) { return key.empty() ? nullptr : find_pointer(one, key); };
  const Json* wanted = key_of(element);
  const auto same = std::ranges::find_if(list, [&](const Json& one) {
    const Json* has = key_of(one);
    return wanted != nullptr && has != nullptr && is_same_value(*has, *wanted);
  });
  if (same == list.end())
    list.push_back(std::move(element));
  else
    *same = std::move(element);
}

class Changes {
 public:
  Changes(const Call& call, Transaction& transaction, Json& names)
      : call_(call), operation_(*call.operation), transaction_(transaction), names_(names), values_(transaction, call.env) {}

  using Refused = std::optional<Rejection>;

  Refused make_all() { return make_all(operation_.changes, {.context = names_, .source = &values_}); }

 private:
  // What a change acts on: a record, or elements of a list in it.
  struct Target {
    std::string collection;
    Json record;
    std::vector<Json> elements;  // that were changed, as they are now
    bool applied = false;        // `if` did not leave the change out
  };

  Refused make_all(const std::vector<RecordChange>& changes, const TemplateScope& scope) {
    for (const RecordChange& change : changes) {
      Json results = Json::array();
      const Json list = change.each ? change.each->fill(scope) : Json::array({nullptr});
      if (!list.is_array()) continue;
      for (const Json& element : list) {
        const TemplateScope inner = change.each ? scope.with(change.as, element) : scope;
        if (auto refused = make(change, inner, results)) return refused;
      }
      if (change.called.empty()) continue;
      names_[change.called] = change.each ? std::move(results) : results.empty() ? Json() : Json(results.front());
    }
    return std::nullopt;
  }

  Refused make(const RecordChange& change, const TemplateScope& scope, Json& results) {
    Target target{.collection = change.collection.empty() ? operation_.collection : change.collection};
    if (change.collection.empty()) {
      if (names_.is_object()) target.record = names_.value("record", Json());
      return change_target(change, scope, std::move(target), results);
    }
    const Json where = change.where.fill(scope);
    const auto found = transaction_.select(change.collection, where, 1);
    if (found.empty()) {
      if (change.missing.empty()) return std::nullopt;
      if (change.missing != RecordChange::kCreate)
        return refuse(change.missing, change, scope, "No record of " + change.collection + " has " + render_json(where) + ".");
      target.record = transaction_.complete(change.collection, make_object(where), call_.env);
    } else {
      target.record = *found.front();
    }
    const Json before = target.record;
    return change_target(change, scope.with("found", before), std::move(target), results);
  }

  Refused change_target(const RecordChange& change, const TemplateScope& scope, Target target, Json& results) {
    auto refused = change.list.empty() ? apply(change, scope, target.record, target.applied) : apply_to_elements(change, scope, target);
    if (refused || !target.applied) return refused;
    if (change.writes()) store(change, target);
    const bool is_own = change.collection.empty();
    const TemplateScope after = is_own ? scope : scope.with("found", target.record);
    if (change.list.empty()) return follow(change, after, target.record, results);
    for (const Json& element : target.elements) {
      if (auto stop = follow(change, after.with("element", element), element, results)) return stop;
    }
    return std::nullopt;
  }

  // What comes after the change of a record or element: a new record, and further changes.
  Refused follow(const RecordChange& change, const TemplateScope& scope, const Json& changed, Json& results) {
    if (change.creates.empty())
      results.push_back(changed);
    else
      results.push_back(*transaction_.create(change.creates, change.value.fill(scope), call_.env));
    return make_all(change.then, scope);
  }

  void store(const RecordChange& change, Target& target) {
    const std::string id = record_id(call_.contract, target.collection, target.record);
    if (change.removes && change.list.empty()) {
      transaction_.remove(target.collection, id);
      return;
    }
    transaction_.put(target.collection, target.record);
    const bool is_own = names_.is_object() && target.collection == operation_.collection && names_.contains("record") &&
                        record_id(call_.contract, target.collection, names_["record"]) == id;
    if (is_own) names_["record"] = target.record;
  }

  Refused apply_to_elements(const RecordChange& change, const TemplateScope& scope, Target& target) {
    const Json wanted = change.element.fill(scope);
    Json list = list_at(target.record, change.list);
    const bool is_known = std::ranges::any_of(list, [&](const Json& one) { return has_members(one, wanted); });
    if (!is_known && change.missing.empty()) return std::nullopt;
    if (!is_known && change.missing != RecordChange::kCreate)
      return refuse(change.missing, change, scope, "No element of " + change.list.substr(1) + " has " + render_json(wanted) + ".");
    if (!is_known) list.push_back(make_object(wanted));
    Json kept = Json::array();
    for (Json& element : list) {
      const Json before = element;
      bool applied = false;
      if (has_members(before, wanted)) {
        if (auto refused = apply(change, scope.with("element", before), element, applied)) return refused;
      }
      if (applied) target.elements.push_back(element);
      if (!applied || !change.removes) kept.push_back(std::move(element));
    }
    target.applied = !target.elements.empty();
    list_at(target.record, change.list) = std::move(kept);
    return std::nullopt;
  }

  // The effects on one record or element. Templates see it as it was before.
  Refused apply(const RecordChange& change, const TemplateScope& scope, Json& target, bool& applied) {
    const bool holds = !change.condition || !is_falsy(change.condition->fill(scope));
    const bool guards = !change.refuse.empty() && !change.at_least;  // `if` says when to refuse
    if (guards && holds) return refuse(change.refuse, change, scope, "The state of the records forbids this.");
    applied = holds || guards;
    if (!applied) return std::nullopt;
    const std::string id_member = change.list.empty() ? id_member_of(change) : std::string();
    const Json id = id_member.empty() || !target.contains(id_member) ? Json() : target[id_member];
    for (const auto& [pointer, value] : change.set) set_pointer(target, pointer, value.fill(scope));
    if (!id.is_null()) target[id_member] = id;  // a change cannot change the id
    for (const auto& [pointer, value] : change.add) {
      if (auto refused = add(change, scope, pointer, value.fill(scope), target)) return refused;
    }
    for (const auto& [pointer, value] : change.append) append_all(list_at(target, pointer), value.fill(scope), change.key);
    for (const auto& [pointer, value] : change.remove_elements) {
      const Json wanted = value.fill(scope);
      Json& list = list_at(target, pointer);
      list.erase(std::remove_if(list.begin(), list.end(), [&](const Json& one) { return has_members(one, wanted); }), list.end());
    }
    return std::nullopt;
  }

  std::string id_member_of(const RecordChange& change) const {
    const auto found = call_.contract.collections.find(change.collection.empty() ? operation_.collection : change.collection);
    return found == call_.contract.collections.end() ? std::string() : found->second.id_member;
  }

  Refused add(const RecordChange& change, const TemplateScope& scope, const std::string& pointer, const Json& amount, Json& target) const {
    const Json* before = find_pointer(target, pointer);
    Json after = apply_word(TemplateWord::sum, Json::array({before == nullptr ? Json(0) : *before, amount}));
    if (change.at_least && compare_numbers(after, *change.at_least) < 0) {
      const std::string least = render_json(*change.at_least);
      if (!change.refuse.empty())
        return refuse(change.refuse, change, scope, pointer.substr(1) + " would be " + render_json(after) + ", less than " + least + ".");
      after = *change.at_least;
    }
    set_pointer(target, pointer, std::move(after));
    return std::nullopt;
  }

  static void append_all(Json& list, Json value, const std::string& key) {
    if (!value.is_array()) return append(list, std::move(value), key);
    for (Json& element : value) append(list, std::move(element), key);
  }

  static Refused refuse(const std::string& answer, const RecordChange& change, const TemplateScope& scope, std::string message) {
    const Json worded = change.message.fill(scope);
    if (worded.is_string()) message = worded.get<std::string>();
    return Rejection{
        .answer = answer, .findings = {{.code = "change", .message = std::move(message)}}, .rule = "change", .place = change.place};
  }

  const Call& call_;
  const Operation& operation_;
  Transaction& transaction_;
  Json& names_;
  StoredValues values_;
};

}  // namespace

std::optional<Rejection> make_changes(const Call& call, Transaction& transaction, Json& names) {
  if (call.operation->changes.empty()) return std::nullopt;
  return Changes(call, transaction, names).make_all();
}

}  // namespace understudy
