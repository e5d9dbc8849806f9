#include "scenarios/src/lint/types.h"

#include <algorithm>
#include <span>
#include <vector>

namespace understudy {
namespace {

constexpr int kMaxHops = 50;  // of nesting

using Types = std::optional<std::set<std::string>>;

std::string class_of(const std::string& type) { return type == "integer" ? "number" : type; }

class Finder {
 public:
  explicit Finder(const Json& document) : document_(document) {}

  Types find(const Json* schema, std::span<const std::string> way, int hops) const {
    schema = follow_refs(document_, schema);
    if (schema == nullptr || !schema->is_object() || hops > kMaxHops) return std::nullopt;
    Types types = way.empty() ? own_types(*schema) : find_inside(*schema, way, hops);
    for (const char* word : {"anyOf", "oneOf"}) {
      const auto choices = schema->find(word);
      if (choices != schema->end() && choices->is_array()) types = both(types, any_of(*choices, way, hops));
    }
    const auto all = schema->find("allOf");
    if (all != schema->end() && all->is_array())
      for (const Json& part : *all) types = both(types, find(&part, way, hops + 1));
    return types;
  }

 private:
  Types find_inside(const Json& schema, std::span<const std::string> way, int hops) const {
    const auto inner = [&](const Json* part) { return find(part, way.subspan(1), hops + 1); };
    const auto properties = schema.find("properties");
    if (properties != schema.end() && properties->is_object() && properties->contains(way.front()))
      return inner(&properties->at(way.front()));
    const bool is_index = way.front().find_first_not_of("0123456789") == std::string::npos;
    const auto items = schema.find("items");
    if (is_index && items != schema.end() && items->is_object()) return inner(&*items);
    const auto additional = schema.find("additionalProperties");
    if (additional != schema.end() && additional->is_object()) return inner(&*additional);
    return std::nullopt;
  }

  static Types own_types(const Json& schema) {
    std::set<std::string> types;
    const auto type = schema.find("type");
    if (type != schema.end()) {
      for (const Json& one : type->is_array() ? *type : Json::array({*type}))
        if (one.is_string()) types.insert(class_of(one.get<std::string>()));
    } else {
      const auto values = schema.find("enum");
      if (values != schema.end() && values->is_array())
        for (const Json& value : *values) types.insert(class_of(std::string(type_name(value))));
      const auto constant = schema.find("const");
      if (constant != schema.end()) types.insert(class_of(std::string(type_name(*constant))));
    }
    if (types.empty()) return std::nullopt;
    if (schema.contains("x-numbers")) types.insert("number");  // the enumeration travels as numbers too
    return types;
  }

  Types any_of(const Json& choices, std::span<const std::string> way, int hops) const {
    std::set<std::string> types;
    for (const Json& choice : choices) {
      const Types some = find(&choice, way, hops + 1);
      if (!some) return std::nullopt;
      types.insert(some->begin(), some->end());
    }
    return types;
  }

  static Types both(const Types& left, const Types& right) {
    if (!left) return right;
    if (!right) return left;
    std::set<std::string> common;
    std::set_intersection(left->begin(), left->end(), right->begin(), right->end(), std::inserter(common, common.end()));
    return common;
  }

  const Json& document_;
};

}  // namespace

std::optional<std::set<std::string>> allowed_types(const Json& document, std::string_view schema, std::string_view value_pointer) {
  const std::vector<std::string> way = split_pointer(value_pointer);
  return Finder(document).find(find_pointer(document, schema), way, 0);
}

}  // namespace understudy
