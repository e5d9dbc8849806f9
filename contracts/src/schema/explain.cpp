#include "contracts/src/schema/explain.h"

#include <algorithm>

#include "contracts/src/base/number.h"
#include "contracts/src/schema/values.h"
#include "contracts/src/schema/words.h"

namespace understudy {
namespace {

constexpr std::size_t kBranchLimit = 100;  // findings that are compared to select a branch of anyOf or oneOf

// Collects findings up to a limit; a probe has limit 1.
struct Sink {
  std::size_t limit = 1;
  Findings findings;
  bool is_full() const { return findings.size() >= limit; }
};

// A value, its place and the schema node that applies to it.
struct Spot {
  const SchemaNode& node;
  const Json& value;
  const std::string& at;
};

std::string subject_of(std::string_view pointer) { return pointer.empty() ? "the value" : std::string(pointer); }

Finding finding_of(const Spot& spot, std::string code, std::string pointer, std::string expected, std::string actual) {
  Finding finding;
  finding.schema_pointer = join_pointer(spot.node.pointer, code);
  finding.message = subject_of(pointer) + " is " + actual + ", expected " + expected;
  finding.code = std::move(code);
  finding.pointer = std::move(pointer);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  return finding;
}

// Whether the branch is for other values: the value itself has another type or constant, or one of its direct members has another
// constant. If all branches but one are for other values, that one is explained.
bool is_other_branch(const Findings& findings, const std::string& at) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    if (finding.pointer == at)
      return finding.code == "type" || finding.code == "const" || finding.code == "enum" || finding.code == "false";
    const bool direct_member = finding.pointer.rfind('/') == at.size();
    return direct_member && (finding.code == "const" || finding.code == "enum");
  });
}

class Explainer {
 public:
  explicit Explainer(const SchemaNodes& schemas) : schemas_(schemas) {}

  void check(NodeId id, const Json& value, const std::string& at, Sink& out) {
    if (out.is_full()) return;
    const auto& node = schemas_.nodes[id];
    const Spot spot{.node = node, .value = value, .at = at};
    if (node.boolean) {
      if (!*node.boolean) add_false(spot, out);
      return;
    }
    if (node.types != 0 && !is_of_type(value, node.types)) {
      // Other differences follow from the type.
      add(out, finding_of(spot, "type", at, node.enumeration ? list_values(*node.enumeration) : list_types(node.types), describe(value)));
      return;
    }
    check_value(spot, out);
    if (is_number(value)) check_number(spot, out);
    if (value.is_string()) check_string(spot, out);
    if (value.is_array()) check_array(spot, out);
    if (value.is_object()) check_object(spot, out);
    check_combinators(spot, out);
  }

  Findings undecided;  // also what a branch could not decide that was not reported in the end

 private:
  static void add(Sink& out, Finding finding) {
    if (!out.is_full()) out.findings.push_back(std::move(finding));
  }
  void add_undecided(const Spot& spot, const char* keyword, const std::string& at, const std::string& pattern, const Json& text,
                     Sink& out) {
    auto finding = finding_of(spot, keyword, at, "string matching " + pattern, describe(text));
    finding.code = "undecided";
    finding.message = subject_of(at) + " could not be decided: matching " + pattern + " against it takes too long";
    if (undecided.size() < kBranchLimit) undecided.push_back(finding);
    add(out, std::move(finding));
  }
  static void add_false(const Spot& spot, Sink& out) {
    auto finding = finding_of(spot, "false", spot.at, spot.at.empty() ? "nothing" : "absent", describe(spot.value));
    finding.schema_pointer = spot.node.pointer;
    add(out, std::move(finding));
  }
  bool fits(NodeId id, const Json& value) {
    Sink probe;
    check(id, value, "", probe);
    return probe.findings.empty();
  }

  static void check_value(const Spot& spot, Sink& out) {
    const auto& [node, value, at] = spot;
    if (node.constant && !json_equal(*node.constant, value)) {
      add(out, finding_of(spot, "const", at, describe(*node.constant), describe(value)));
    }
    if (node.enumeration && find_in_enumeration(*node.enumeration, value) == nullptr) {
      add(out, finding_of(spot, "enum", at, list_values(*node.enumeration), describe(value)));
    }
  }

  static void check_number(const Spot& spot, Sink& out) {
    const auto& node = spot.node;  // no structured binding: clang 14 cannot capture one in a lambda
    const auto& value = spot.value;
    const bool integer = (node.types & (kInteger | kNumber)) == kInteger;
    const auto expect = [&](const char* code, const char* relation, const Json& limit) {
      add(out, finding_of(spot, code, spot.at, (integer ? "integer " : "number ") + std::string(relation) + " " + render_json(limit),
                          describe(value)));
    };
    if (node.minimum && compare_numbers(value, *node.minimum) < 0) expect("minimum", ">=", *node.minimum);
    if (node.exclusive_minimum && compare_numbers(value, *node.exclusive_minimum) <= 0)
      expect("exclusiveMinimum", ">", *node.exclusive_minimum);
    if (node.maximum && compare_numbers(value, *node.maximum) > 0) expect("maximum", "<=", *node.maximum);
    if (node.exclusive_maximum && compare_numbers(value, *node.exclusive_maximum) >= 0)
      expect("exclusiveMaximum", "<", *node.exclusive_maximum);
    if (node.multiple_of && !is_multiple_of(value, *node.multiple_of)) expect("multipleOf", "that is a multiple of", *node.multiple_of);
  }

  void check_string(const Spot& spot, Sink& out) {
    const auto& [node, value, at] = spot;
    const auto& text = value.get_ref<const std::string&>();
    check_count(spot, {"minLength", "maxLength"}, {node.min_length, node.max_length}, count_characters(text), "string", "character", out);
    if (node.format_check != nullptr && !node.format_check(text)) {
      add(out, finding_of(spot, "format", at, "string in format " + node.format, describe(value)));
    }
    if (!node.pattern) return;
    const auto verdict = node.pattern->regex.search(text);
    if (verdict == Verdict::no) add(out, finding_of(spot, "pattern", at, "string matching " + node.pattern->source, describe(value)));
    if (verdict == Verdict::undecided) add_undecided(spot, "pattern", at, node.pattern->source, value, out);
  }

  struct CountKeywords {
    const char* minimum;
    const char* maximum;
  };
  struct Limits {
    std::optional<std::size_t> minimum;
    std::optional<std::size_t> maximum;
  };
  static void check_count(const Spot& spot, CountKeywords keywords, const Limits& limits, std::size_t count, const std::string& type,
                          const char* noun, Sink& out) {
    const auto actual = [&] { return (type == "string" ? describe(spot.value) : type) + " of " + count_of(count, noun); };
    if (limits.minimum && count < *limits.minimum) {
      add(out, finding_of(spot, keywords.minimum, spot.at, type + " of at least " + count_of(*limits.minimum, noun), actual()));
    }
    if (limits.maximum && count > *limits.maximum) {
      add(out, finding_of(spot, keywords.maximum, spot.at, type + " of at most " + count_of(*limits.maximum, noun), actual()));
    }
  }

  void check_array(const Spot& spot, Sink& out) {
    const auto& [node, value, at] = spot;
    check_count(spot, {"minItems", "maxItems"}, {node.min_items, node.max_items}, value.size(), "array", "element", out);
    if (node.unique_items) {
      if (const auto equal = find_equal_elements(value)) {
        add(out, finding_of(spot, "uniqueItems", at, "array of distinct elements",
                            "array whose elements " + std::to_string(equal->first) + " and " + std::to_string(equal->second) +
                                " are both " + describe(value[equal->second])));
      }
    }
    if (node.contains != kNoNode &&
        std::ranges::none_of(value, [&, contains = node.contains](const Json& one) { return fits(contains, one); })) {
      add(out,
          finding_of(spot, "contains", at, "array with an element that is " + describe_schema(schemas_, node.contains), describe(value)));
    }
    for (std::size_t i = 0; i < value.size() && !out.is_full(); ++i) {
      if (!node.tuple) {
        if (node.items != kNoNode) check(node.items, value[i], join_pointer(at, i), out);
      } else if (i < node.tuple->size()) {
        check((*node.tuple)[i], value[i], join_pointer(at, i), out);
      } else if (node.additional_items != kNoNode) {
        check_additional(spot, "additionalItems", node.additional_items, value[i], join_pointer(at, i), out);
      }
    }
  }

  // `false` is the usual way to close an object or array: the finding names that keyword.
  void check_additional(const Spot& spot, const char* keyword, NodeId id, const Json& member, const std::string& at, Sink& out) {
    if (schemas_.nodes[id].boolean != std::optional<bool>(false)) return check(id, member, at, out);
    auto finding = finding_of(spot, keyword, at, "absent", describe(member));
    finding.message = at + " is not known here, found " + finding.actual;
    add(out, std::move(finding));
  }

  void check_object(const Spot& spot, Sink& out) {
    const auto& [node, value, at] = spot;
    check_count(spot, {"minProperties", "maxProperties"}, {node.min_properties, node.max_properties}, value.size(), "object", "member",
                out);
    for (const auto& name : node.required) {
      if (!value.contains(name)) add_required(spot, name, out);
    }
    check_dependencies(spot, out);
    for (const auto& [name, member] : value.items()) {
      if (out.is_full()) return;
      check_member(spot, name, member, join_pointer(at, name), out);
    }
  }

  void add_required(const Spot& spot, const std::string& name, Sink& out) {
    const auto known = spot.node.properties.find(name);
    const bool typed = known != spot.node.properties.end() && !describe_schema(schemas_, known->second).starts_with("what ");
    auto finding =
        finding_of(spot, "required", join_pointer(spot.at, name), typed ? describe_schema(schemas_, known->second) : "present", "absent");
    finding.message = finding.pointer + " is required, but absent";
    add(out, std::move(finding));
  }

  void check_dependencies(const Spot& spot, Sink& out) {
    const auto& [node, value, at] = spot;
    for (const auto& [name, members, id] : node.dependencies) {
      if (!value.contains(name)) continue;
      for (const auto& member : members) {
        if (value.contains(member)) continue;
        auto finding = finding_of(spot, "dependencies", join_pointer(at, member), "present", "absent");
        finding.schema_pointer = join_pointer(finding.schema_pointer, name);
        finding.message = finding.pointer + " is absent, but required beside " + join_pointer(at, name);
        add(out, std::move(finding));
      }
      if (id != kNoNode) check(id, value, at, out);
    }
  }

  void check_member(const Spot& spot, const std::string& name, const Json& member, const std::string& at, Sink& out) {
    const auto& node = spot.node;
    if (node.property_names != kNoNode) {
      const Json text = name;
      Sink probe;
      check(node.property_names, text, at, probe);
      if (!probe.findings.empty()) {
        const bool forbidden = probe.findings.front().code == "false";
        auto finding = finding_of(spot, "propertyNames", at, forbidden ? "no name" : "name: " + probe.findings.front().expected,
                                  "name " + describe(text));
        finding.message = at + " has a name that is not allowed: expected " + probe.findings.front().expected;
        add(out, std::move(finding));
      }
    }
    bool known = false;
    if (const auto property = node.properties.find(name); property != node.properties.end()) {
      known = true;
      check(property->second, member, at, out);
    }
    for (const auto& [pattern, id] : node.pattern_properties) {
      const auto verdict = pattern.regex.search(name);
      if (verdict == Verdict::undecided) add_undecided(spot, "patternProperties", at, pattern.source, name, out);
      if (verdict == Verdict::no) continue;
      known = true;
      check(id, member, at, out);
    }
    if (!known && node.additional_properties != kNoNode) {
      check_additional(spot, "additionalProperties", node.additional_properties, member, at, out);
    }
  }

  void check_combinators(const Spot& spot, Sink& out) {
    const auto& [node, value, at] = spot;
    for (const NodeId id : node.all_of) check(id, value, at, out);
    if (!node.any_of.empty()) check_branches(spot, "anyOf", node.any_of, out);
    if (!node.one_of.empty()) check_branches(spot, "oneOf", node.one_of, out);
    if (node.negated != kNoNode && fits(node.negated, value)) {
      const auto expected = node.title.empty() ? "anything but " + describe_schema(schemas_, node.negated) : node.title;
      add(out, finding_of(spot, "not", at, expected, describe(value)));
    }
    if (node.condition != kNoNode) {
      const NodeId next = fits(node.condition, value) ? node.consequence : node.alternative;
      if (next != kNoNode) check(next, value, at, out);
    }
  }

  void check_branches(const Spot& spot, const std::string& keyword, const std::vector<NodeId>& branches, Sink& out) {
    if (out.is_full()) return;
    std::vector<std::size_t> fitting;
    std::vector<Findings> meant;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      Sink branch{.limit = kBranchLimit};
      check(branches[i], spot.value, spot.at, branch);
      if (branch.findings.empty()) {
        if (keyword == "anyOf") return;
        fitting.push_back(i);
      } else if (!is_other_branch(branch.findings, spot.at)) {
        meant.push_back(std::move(branch.findings));
      }
    }
    if (fitting.size() == 1) return;
    if (fitting.empty() && meant.size() == 1) {
      for (auto& finding : meant.front()) add(out, std::move(finding));
      return;
    }
    const auto which = (keyword == "oneOf" ? "exactly one of: " : "one of: ") + describe_schemas(schemas_, branches);
    auto finding = finding_of(spot, keyword, spot.at, which, describe(spot.value));
    if (!fitting.empty()) {
      finding.actual += ", which fits " + std::to_string(fitting.size()) + " of them";
      finding.message = subject_of(spot.at) + " fits branches " + std::to_string(fitting[0]) + " and " + std::to_string(fitting[1]) +
                        " of oneOf, expected exactly one";
    }
    add(out, std::move(finding));
  }

  const SchemaNodes& schemas_;
};

}  // namespace

Findings explain_value(const SchemaNodes& schemas, NodeId root, const Json& value, std::size_t limit) {
  Explainer explainer(schemas);
  Sink out{.limit = limit};
  explainer.check(root, value, "", out);
  for (auto& finding : explainer.undecided) {
    const bool known = std::ranges::any_of(out.findings, [&](const Finding& other) {
      return other.pointer == finding.pointer && other.schema_pointer == finding.schema_pointer && other.code == finding.code;
    });
    if (!known && !out.is_full()) out.findings.push_back(std::move(finding));
  }
  return std::move(out.findings);
}

}  // namespace understudy
