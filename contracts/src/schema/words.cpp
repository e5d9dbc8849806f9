#include "contracts/src/schema/words.h"

#include <array>

namespace understudy {
namespace {

constexpr std::size_t kMaxListed = 12;
constexpr int kMaxNested = 2;  // alternatives inside alternatives

std::string describe_node(const SchemaNodes& schemas, NodeId id, int nested);

std::string describe_nodes(const SchemaNodes& schemas, const std::vector<NodeId>& ids, int nested) {
  std::string out;
  for (std::size_t i = 0; i < ids.size() && i < kMaxListed; ++i) out += (i > 0 ? " | " : "") + describe_node(schemas, ids[i], nested);
  return ids.size() > kMaxListed ? out + " | ..." : out;
}

// Names the members with a fixed value (const or a single enum value), which distinguish the branches of a oneOf.
std::string describe_object(const SchemaNodes& schemas, const SchemaNode& node) {
  std::string members;
  for (const auto& [name, id] : node.properties) {
    const auto& child = schemas.nodes[id];
    const Json* fixed = child.constant                                        ? &*child.constant
                        : child.enumeration && child.enumeration->size() == 1 ? &child.enumeration->front()
                                                                              : nullptr;
    if (fixed == nullptr) continue;
    members += (members.empty() ? " with " : ", ") + render_json(Json(name)) + ": " + render_json(*fixed);
  }
  if (!members.empty() || node.required.empty()) return "object" + members;
  for (std::size_t i = 0; i < node.required.size() && i < 3; ++i) {
    members += (i == 0 ? " with " : ", ") + render_json(Json(node.required[i]));
  }
  return "object" + members + (node.required.size() > 3 ? ", ..." : "");
}

std::string describe_node(const SchemaNodes& schemas, NodeId id, int nested) {
  const auto& node = schemas.nodes[id];
  if (node.boolean) return *node.boolean ? "anything" : "nothing";
  if (node.constant) return describe(*node.constant);
  if (node.enumeration) return list_values(*node.enumeration);
  if (node.types == kObject || (node.types == 0 && (!node.properties.empty() || !node.required.empty())))
    return describe_object(schemas, node);
  if (node.types == 0 && nested < kMaxNested) {
    for (const auto* branches : {&node.one_of, &node.any_of}) {
      if (!branches->empty()) return describe_nodes(schemas, *branches, nested + 1);
    }
  }
  if (node.types == 0) return "what " + (node.pointer.empty() ? "the schema" : node.pointer) + " describes";
  auto out = list_types(node.types);
  if (node.minimum) out += " >= " + render_json(*node.minimum);
  if (node.exclusive_minimum) out += " > " + render_json(*node.exclusive_minimum);
  if (node.maximum) out += (node.minimum || node.exclusive_minimum ? " and <= " : " <= ") + render_json(*node.maximum);
  if (node.exclusive_maximum) out += (node.minimum || node.exclusive_minimum ? " and < " : " < ") + render_json(*node.exclusive_maximum);
  if (node.format_check != nullptr) out += " in format " + node.format;
  if (node.pattern) out += " matching " + node.pattern->source;
  return out;
}

}  // namespace

std::string list_types(Types types) {
  static constexpr std::array<std::pair<Types, std::string_view>, 7> kNames = {{{kInteger, "integer"},
                                                                                {kNumber, "number"},
                                                                                {kString, "string"},
                                                                                {kBoolean, "boolean"},
                                                                                {kArray, "array"},
                                                                                {kObject, "object"},
                                                                                {kNull, "null"}}};
  std::vector<std::string_view> names;
  for (const auto& [bit, name] : kNames) {
    if ((types & bit) != 0) names.push_back(name);
  }
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

std::string list_values(const std::vector<Json>& values) {
  if (values.size() == 1) return describe(values.front());
  std::string out = "one of ";
  for (std::size_t i = 0; i < values.size() && i < kMaxListed; ++i) {
    out += (i > 0 ? ", " : "") + (values[i].is_structured() ? describe(values[i]) : render_json(values[i]));
  }
  if (values.size() > kMaxListed) out += ", ... (" + std::to_string(values.size()) + " values)";
  return out;
}

std::string count_of(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string describe_schema(const SchemaNodes& schemas, NodeId id) { return describe_node(schemas, id, 0); }

std::string describe_schemas(const SchemaNodes& schemas, const std::vector<NodeId>& ids) { return describe_nodes(schemas, ids, 0); }

}  // namespace understudy
