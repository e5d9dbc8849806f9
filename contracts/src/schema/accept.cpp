#include "contracts/src/schema/accept.h"

#include <algorithm>

#include "contracts/src/schema/values.h"

namespace understudy {
namespace {

Verdict verdict_of(bool fits) { return fits ? Verdict::yes : Verdict::no; }

class QuickJudge {
 public:
  explicit QuickJudge(const SchemaNodes& schemas) : schemas_(schemas) {}

  Verdict judge(NodeId id, const Json& value) const {
    const SchemaNode& node = schemas_.nodes[id];
    if (node.boolean) return verdict_of(*node.boolean);
    Verdict verdict = check_exact_keywords(node, value);
    if (verdict == Verdict::yes && value.is_array()) verdict = judge_array(node, value);
    if (verdict == Verdict::yes && value.is_object()) verdict = judge_object(node, value);
    return verdict == Verdict::yes ? judge_combinators(node, value) : verdict;
  }

 private:
  // The first verdict that is not yes.
  template <class List, class Judge>
  static Verdict judge_all(const List& list, Judge judge_one) {
    for (const auto& one : list) {
      if (const Verdict verdict = judge_one(one); verdict != Verdict::yes) return verdict;
    }
    return Verdict::yes;
  }

  Verdict judge_optional(NodeId id, const Json& value) const { return id == kNoNode ? Verdict::yes : judge(id, value); }

  static bool is_within(std::size_t count, std::optional<std::size_t> least, std::optional<std::size_t> most) {
    return count >= least.value_or(0) && count <= most.value_or(count);
  }

  Verdict judge_array(const SchemaNode& node, const Json& array) const {
    if (!is_within(array.size(), node.min_items, node.max_items)) return Verdict::no;
    if (node.contains != kNoNode) {
      if (const Verdict verdict = judge_any(array, [&](const Json& one) { return judge(node.contains, one); }); verdict != Verdict::yes)
        return verdict;
    }
    if (!node.tuple) return judge_all(array, [&](const Json& one) { return judge_optional(node.items, one); });
    for (std::size_t i = 0; i < array.size(); ++i) {
      const Verdict verdict = judge_optional(i < node.tuple->size() ? (*node.tuple)[i] : node.additional_items, array[i]);
      if (verdict != Verdict::yes) return verdict;
    }
    return Verdict::yes;
  }

  Verdict judge_object(const SchemaNode& node, const Json& object) const {
    if (!is_within(object.size(), node.min_properties, node.max_properties)) return Verdict::no;
    const auto has = [&](const std::string& name) { return object.contains(name); };
    if (!std::ranges::all_of(node.required, has)) return Verdict::no;
    const Verdict verdict = judge_all(node.dependencies, [&](const Dependency& one) {
      if (!has(one.name)) return Verdict::yes;
      return std::ranges::all_of(one.members, has) ? judge_optional(one.node, object) : Verdict::no;
    });
    if (verdict != Verdict::yes) return verdict;
    return judge_all(object.get_ref<const Json::object_t&>(),
                     [&](const auto& member) { return judge_member(node, member.first, member.second); });
  }

  Verdict judge_member(const SchemaNode& node, const std::string& name, const Json& member) const {
    if (node.property_names != kNoNode) {
      if (const Verdict verdict = judge(node.property_names, Json(name)); verdict != Verdict::yes) return verdict;
    }
    bool is_known = false;
    if (const auto property = node.properties.find(name); property != node.properties.end()) {
      is_known = true;
      if (const Verdict verdict = judge(property->second, member); verdict != Verdict::yes) return verdict;
    }
    for (const auto& [pattern, id] : node.pattern_properties) {
      const Verdict matches = pattern.regex.search(name);
      if (matches == Verdict::undecided) return matches;
      if (matches == Verdict::no) continue;
      is_known = true;
      if (const Verdict verdict = judge(id, member); verdict != Verdict::yes) return verdict;
    }
    return is_known ? Verdict::yes : judge_optional(node.additional_properties, member);
  }

  // The first verdict that is not no.
  template <class List, class Judge>
  static Verdict judge_any(const List& list, Judge judge_one) {
    for (const auto& one : list) {
      if (const Verdict verdict = judge_one(one); verdict != Verdict::no) return verdict;
    }
    return Verdict::no;
  }

  Verdict judge_one_of(const SchemaNode& node, const Json& value) const {
    std::size_t fitting = 0;
    for (const NodeId id : node.one_of) {
      const Verdict verdict = judge(id, value);
      if (verdict == Verdict::undecided) return verdict;
      if (verdict == Verdict::yes) ++fitting;
    }
    return verdict_of(fitting == 1);
  }

  Verdict judge_combinators(const SchemaNode& node, const Json& value) const {
    const auto judge_value = [&](NodeId id) { return judge(id, value); };
    Verdict verdict = judge_all(node.all_of, judge_value);
    if (verdict == Verdict::yes && !node.any_of.empty()) verdict = judge_any(node.any_of, judge_value);
    if (verdict == Verdict::yes && !node.one_of.empty()) verdict = judge_one_of(node, value);
    if (verdict == Verdict::yes && node.negated != kNoNode) {
      const Verdict negated = judge_value(node.negated);
      verdict = negated == Verdict::undecided ? negated : verdict_of(negated == Verdict::no);
    }
    if (verdict != Verdict::yes || node.condition == kNoNode) return verdict;
    const Verdict condition = judge_value(node.condition);
    if (condition == Verdict::undecided) return condition;
    return judge_optional(condition == Verdict::yes ? node.consequence : node.alternative, value);
  }

  const SchemaNodes& schemas_;
};

}  // namespace

Verdict judge_quickly(const SchemaNodes& schemas, NodeId root, const Json& value) { return QuickJudge(schemas).judge(root, value); }

}  // namespace understudy
