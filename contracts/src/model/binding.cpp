#include "contracts/src/model/binding.h"

#include <algorithm>
#include <optional>
#include <set>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"

namespace understudy {

// What to do with a value in one place, compiled from its schema. Types are the union over alternatives.
struct Binder::Node {
  bool string = false, number = false, integer = false, boolean = false, null = false, object = false, array = false;
  std::map<std::string, std::string> names;       // lower case -> documented
  std::map<std::string, const Node*> properties;  // documented name -> node
  const Node* items = nullptr;
  const Node* additional = nullptr;                  // schema of additionalProperties
  std::vector<std::string> enum_names;               // string values of enum
  std::map<std::int64_t, std::string> enum_numbers;  // x-numbers
  bool takes_more_than_strings() const { return number || integer || boolean || null || object || array; }
};

struct BinderBuilder {
  const Json& document;
  std::vector<std::unique_ptr<Binder::Node>>& nodes;
  std::map<const Json*, const Binder::Node*> known;

  const Binder::Node* build(const Json* schema) {
    schema = follow_refs(document, schema);
    if (schema == nullptr || !schema->is_object()) return nullptr;
    if (const auto found = known.find(schema); found != known.end()) return found->second;
    nodes.push_back(std::make_unique<Binder::Node>());
    Binder::Node* node = nodes.back().get();
    known[schema] = node;
    std::set<const Json*> seen;
    gather(*schema, *node, seen);
    return node;
  }

  // Adds the statements of a schema and its alternatives to the node.
  void gather(const Json& schema, Binder::Node& node, std::set<const Json*>& seen) {
    if (!schema.is_object() || !seen.insert(&schema).second) return;
    if (const auto type = schema.find("type"); type != schema.end()) {
      for (const Json& word : type->is_array() ? *type : Json::array({*type})) add_type(word, node);
    }
    if (const auto values = schema.find("enum"); values != schema.end() && values->is_array()) add_enum(schema, *values, node);
    if (const auto value = schema.find("const"); value != schema.end()) add_enum_value(*value, node);
    if (const auto members = schema.find("properties"); members != schema.end() && members->is_object()) {
      node.object = true;
      for (const auto& [name, member] : members->items()) {
        node.names.emplace(to_lower(name), name);
        if (const Binder::Node* child = build(&member); child != nullptr) node.properties.emplace(name, child);
      }
    }
    if (const auto items = schema.find("items"); items != schema.end() && items->is_object()) {
      node.array = true;
      if (node.items == nullptr) node.items = build(&*items);
    }
    if (const auto more = schema.find("additionalProperties"); more != schema.end() && more->is_object() && node.additional == nullptr) {
      node.additional = build(&*more);
    }
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      const auto parts = schema.find(word);
      if (parts == schema.end() || !parts->is_array()) continue;
      for (const Json& part : *parts) {
        if (const Json* target = follow_refs(document, &part); target != nullptr) gather(*target, node, seen);
      }
    }
  }

  static void add_type(const Json& word, Binder::Node& node) {
    node.string |= word == "string";
    node.number |= word == "number";
    node.integer |= word == "integer";
    node.boolean |= word == "boolean";
    node.null |= word == "null";
    node.object |= word == "object";
    node.array |= word == "array";
  }

  static void add_enum_value(const Json& value, Binder::Node& node) {
    if (value.is_string()) {
      node.string = true;
      node.enum_names.push_back(value.get<std::string>());
    } else {
      add_type(type_name(value), node);
    }
  }

  static void add_enum(const Json& schema, const Json& values, Binder::Node& node) {
    for (const Json& value : values) add_enum_value(value, node);
    const auto numbers = schema.find("x-numbers");
    if (numbers == schema.end() || !numbers->is_array()) return;
    for (std::size_t i = 0; i < numbers->size() && i < values.size(); ++i) {
      if (const auto number = to_int64((*numbers)[i]); number && values[i].is_string()) {
        node.enum_numbers.emplace(*number, values[i].get<std::string>());
      }
    }
  }
};

// Gives the functions below access to Node, which is private to Binder.
struct BinderAccess {
  using Node = Binder::Node;
};

namespace {

void bind_text(const BindingWords& words, const BinderAccess::Node& node, Json& value) {
  const std::string& text = value.get_ref<const std::string&>();
  if (text.empty() && words.empty_string_is_null && node.takes_more_than_strings()) {
    value = nullptr;
    return;
  }
  for (const std::string& name : node.enum_names) {
    if (name == text) return;
    if (words.enums_ignore_case && equals_ignore_case(name, text)) {
      value = name;
      return;
    }
  }
  if (words.enums_from_numbers && !node.enum_numbers.empty()) {
    const auto number = to_int64(read_number(text).value_or(Json()));
    if (number && node.enum_numbers.contains(*number)) {
      value = node.enum_numbers.at(*number);
      return;
    }
  }
  if (node.string) return;
  if (words.booleans_from_strings && node.boolean && (equals_ignore_case(text, "true") || equals_ignore_case(text, "false"))) {
    value = equals_ignore_case(text, "true");
  } else if (words.numbers_from_strings && (node.integer || node.number)) {
    if (auto number = read_number(text)) value = *std::move(number);
  }
}

// Where a value is, after binding and on the wire. Made only for a caller who wants the spelling.
struct Spot {
  Bound& bound;
  std::string at, wire;

  template <class Name, class WireName>
  Spot child(const Name& name, const WireName& wire_name) const {
    return {.bound = bound, .at = join_pointer(at, name), .wire = join_pointer(wire, wire_name)};
  }
  void add_if_renamed() const {
    if (at != wire) bound.renamed.emplace_back(at, wire);
  }
};

// The documented name of a member; `wire_name` itself if it is one, or unknown.
const std::string& documented_name(const BindingWords& words, const BinderAccess::Node* node, const std::string& wire_name) {
  if (node == nullptr || node->properties.contains(wire_name)) return wire_name;
  const auto alias = words.aliases.find(wire_name);
  if (alias != words.aliases.end() && node->properties.contains(alias->second)) return alias->second;
  if (!words.names_ignore_case) return wire_name;
  const auto known = node->names.find(to_lower(wire_name));
  return known == node->names.end() ? wire_name : known->second;
}

const BinderAccess::Node* child_of(const BinderAccess::Node* node, const std::string& name) {
  if (node == nullptr) return nullptr;
  const auto found = node->properties.find(name);
  return found != node->properties.end() ? found->second : node->additional;
}

void bind_value(const BindingWords& words, const BinderAccess::Node* node, Json& value, const Spot* spot);

// Members that change their names move into a new object: of two that get the same name, the last one stays.
void bind_renamed_members(const BindingWords& words, const BinderAccess::Node* node, Json& value, const Spot* spot) {
  Json out = Json::object();
  for (auto& [wire_name, member] : value.items()) {
    if (member.is_null() && words.null_is_absent) continue;
    const std::string& name = documented_name(words, node, wire_name);
    const auto child = spot == nullptr ? std::nullopt : std::optional(spot->child(name, wire_name));
    if (child) child->add_if_renamed();
    bind_value(words, child_of(node, name), member, child ? &*child : nullptr);
    if (member.is_null() && words.null_is_absent) continue;
    out[name] = std::move(member);
  }
  value = std::move(out);
}

void bind_members(const BindingWords& words, const BinderAccess::Node* node, Json& value, const Spot* spot) {
  auto& members = value.get_ref<Json::object_t&>();
  const bool renames =
      std::ranges::any_of(members, [&](const auto& member) { return &documented_name(words, node, member.first) != &member.first; });
  if (renames || spot != nullptr) return bind_renamed_members(words, node, value, spot);
  for (auto member = members.begin(); member != members.end();) {
    bind_value(words, child_of(node, member->first), member->second, nullptr);
    member = member->second.is_null() && words.null_is_absent ? members.erase(member) : std::next(member);
  }
}

void bind_value(const BindingWords& words, const BinderAccess::Node* node, Json& value, const Spot* spot) {
  if (value.is_string()) {
    if (node != nullptr) bind_text(words, *node, value);
    return;
  }
  if (value.is_number_integer() && node != nullptr && words.enums_from_numbers && !node->integer && !node->number) {
    const auto number = to_int64(value);
    if (number && node->enum_numbers.contains(*number)) value = node->enum_numbers.at(*number);
    return;
  }
  if (value.is_array() && value.empty() && words.empty_array_is_object && node != nullptr && node->object && !node->items) {
    value = Json::object();
    return;
  }
  if (value.is_object() && words.single_is_list && node != nullptr && node->array && !node->object) {
    value = Json::array({std::move(value)});
    if (spot != nullptr) spot->bound.renamed.emplace_back(join_pointer(spot->at, std::size_t{0}), spot->wire);
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto child = spot == nullptr ? std::nullopt : std::optional(spot->child(i, i));
      bind_value(words, node == nullptr ? nullptr : node->items, value[i], child ? &*child : nullptr);
    }
  } else if (value.is_object()) {
    bind_members(words, node, value, spot);
  }
}

}  // namespace

Binder::Binder(SharedJson document, std::string_view schema, BindingWords words)
    : document_(std::move(document)), schema_(schema), words_(std::move(words)) {}

Binder::~Binder() = default;

const Binder::Node* Binder::compile() const {
  std::call_once(compiled_, [this] {
    BinderBuilder builder{.document = document_, .nodes = nodes_, .known = {}};
    root_ = builder.build(find_pointer(document_, schema_));
  });
  return root_;
}

namespace {

// The body inside the member that wraps it; null: it is not wrapped.
Json* find_wrapped(const BindingWords& words, Json& wire) {
  if (words.unwrap.empty() || !wire.is_object() || wire.size() != 1) return nullptr;
  const auto inner = wire.find(words.unwrap);
  return inner != wire.end() && inner->is_object() ? &*inner : nullptr;
}

}  // namespace

Json Binder::bind(Json wire) const {
  if (Json* inner = find_wrapped(words_, wire)) wire = Json(std::move(*inner));
  bind_value(words_, compile(), wire, nullptr);
  return wire;
}

Bound Binder::bind_with_spelling(Json wire) const {
  Bound bound;
  Spot spot{.bound = bound, .at = "", .wire = ""};
  if (Json* inner = find_wrapped(words_, wire)) {
    wire = Json(std::move(*inner));
    spot.wire = join_pointer("", words_.unwrap);
    spot.add_if_renamed();
  }
  bind_value(words_, compile(), wire, &spot);
  bound.body = std::move(wire);
  return bound;
}

std::string Binder::wire_pointer(const Bound& bound, std::string_view pointer) {
  // The longest renamed ancestor decides; the rest of the pointer is spelled the same.
  std::string_view ancestor = pointer;
  for (;;) {
    for (const auto& [documented, wire] : bound.renamed) {
      if (documented == ancestor) return wire + std::string(pointer.substr(ancestor.size()));
    }
    if (ancestor.empty()) return std::string(pointer);
    ancestor = ancestor.substr(0, ancestor.rfind('/'));
  }
}

}  // namespace understudy
