#include "contracts/src/schema/compile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <unordered_map>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Thrown at the first mistake in a document; caught in compile_nodes.
struct Refused {
  SchemaError error;
};
[[noreturn]] void refuse(std::string pointer, std::string code, std::string message) {
  throw Refused{{.pointer = std::move(pointer), .message = std::move(message), .code = std::move(code)}};
}

const std::set<std::string_view> kAnnotations = {"description", "default",   "examples",   "example",          "$comment",       "$schema",
                                                 "readOnly",    "writeOnly", "deprecated", "contentMediaType", "contentEncoding"};

// Keywords of other dialects, and what to write instead.
const std::map<std::string_view, std::string_view> kHints = {
    {"nullable", "write type: [..., \"null\"]"},
    {"prefixItems", "write an array of schemas in items"},
    {"discriminator", "write a const in each branch of oneOf"},
    {"unevaluatedProperties", "write additionalProperties"},
    {"unevaluatedItems", "write additionalItems"},
    {"dependentRequired", "write dependencies"},
    {"dependentSchemas", "write dependencies"},
    {"xml", "only JSON is described"},
    {"externalDocs", "write $comment"},
    {"id", "references resolve inside one document"},
};
// Keywords that change how references resolve.
const std::set<std::string_view> kBaseKeywords = {"$id",           "$anchor",          "$dynamicRef", "$dynamicAnchor",
                                                  "$recursiveRef", "$recursiveAnchor", "$vocabulary"};

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

class Compiler {
 public:
  Compiler(const Json& document, SchemaOptions options, SchemaNodes& schemas)
      : document_(document), options_(options), nodes_(schemas.nodes), by_pointer_(schemas.by_pointer) {}

  std::vector<NodeId> compile(const std::vector<std::string>& pointers) {
    const NodeId first = nodes_.size();
    std::vector<NodeId> roots;
    for (const auto& pointer : pointers) {
      if (find_pointer(document_, pointer) == nullptr) refuse(pointer, "unknown-pointer", "there is nothing at " + in_quotes(pointer));
      roots.push_back(compile(pointer));
    }
    states_.assign(first, State::done);
    states_.resize(nodes_.size(), State::fresh);
    for (NodeId node = first; node < nodes_.size(); ++node) refuse_endless(node);
    return roots;
  }

 private:
  using Handler = void (Compiler::*)(SchemaNode&, const Json&, const std::string&);

  NodeId compile(std::string pointer) {
    const Json& schema = follow_refs(pointer);
    if (const auto known = by_pointer_.find(pointer); known != by_pointer_.end()) return known->second;
    if (++depth_ > options_.max_depth) {
      refuse(pointer, "too-deep", "schemas are nested deeper than " + std::to_string(options_.max_depth) + " levels");
    }
    const NodeId id = nodes_.size();
    by_pointer_.emplace(pointer, id);
    nodes_.add();

    SchemaNode node;
    node.pointer = pointer;
    if (schema.is_boolean()) {
      node.boolean = schema.get<bool>();
    } else if (schema.is_object()) {
      for (const auto& [keyword, value] : schema.items()) read_keyword(node, keyword, value);
    } else {
      refuse(pointer, "bad-keyword-value", "found " + describe(schema) + ", expected a schema: an object or a boolean");
    }
    nodes_[id] = std::move(node);
    --depth_;
    return id;
  }

  void read_keyword(SchemaNode& node, const std::string& keyword, const Json& value) {
    const auto at = join_pointer(node.pointer, keyword);
    if (const auto handler = handlers().find(keyword); handler != handlers().end()) {
      (this->*handler->second)(node, value, at);
    } else if (kBaseKeywords.contains(keyword)) {
      refuse(at, "unsupported-keyword", in_quotes(keyword) + " is not supported: references resolve inside one document, by JSON Pointer");
    } else if (!kAnnotations.contains(keyword) && !keyword.starts_with("x-") && !options_.allow_unknown) {
      refuse(at, "unknown-keyword", in_quotes(keyword) + " is no keyword that is enforced" + hint_for(keyword));
    }
  }

  static std::string hint_for(const std::string& keyword) {
    if (const auto hint = kHints.find(keyword); hint != kHints.end()) return "; " + std::string(hint->second);
    std::vector<std::string> known(kAnnotations.begin(), kAnnotations.end());
    for (const auto& [name, handler] : handlers()) known.emplace_back(name);
    return did_you_mean(keyword, known);
  }

  // The schema at `pointer` after following its references; `pointer` becomes the pointer of that schema.
  const Json& follow_refs(std::string& pointer) const {
    std::set<std::string> seen;
    for (;;) {
      const Json* schema = find_pointer(document_, pointer);
      if (schema == nullptr || !schema->is_object() || !schema->contains("$ref")) return *schema;
      const auto at = join_pointer(pointer, "$ref");
      if (!seen.insert(pointer).second) refuse(at, "ref-cycle", "this $ref leads back to itself");
      if (schema->size() > 1 && !options_.allow_ref_siblings) {
        for (const auto& [sibling, value] : schema->items()) {
          if (sibling != "$ref")
            refuse(join_pointer(pointer, sibling), "ref-sibling", in_quotes(sibling) + " beside $ref would be ignored");
        }
      }
      pointer = resolve(schema->at("$ref"), at);
    }
  }

  std::string resolve(const Json& ref, const std::string& at) const {
    if (!ref.is_string()) refuse(at, "bad-keyword-value", "found " + describe(ref) + ", expected a reference: string \"#/...\"");
    const auto& text = ref.get_ref<const std::string&>();
    if (!text.starts_with('#')) refuse(at, "remote-ref", in_quotes(text) + " leads out of this document");
    auto target = percent_decode(std::string_view(text).substr(1));
    if (!target.empty() && target.front() != '/') {
      refuse(at, "unsupported-keyword", in_quotes(text) + " is an anchor; references are JSON Pointers");
    }
    if (find_pointer(document_, target) == nullptr) refuse(at, "dangling-ref", in_quotes(text) + " leads to nothing");
    return target;
  }

  [[noreturn]] static void refuse_value(const std::string& at, const Json& value, const std::string& expected) {
    refuse(at, "bad-keyword-value", "found " + describe(value) + ", expected " + expected);
  }
  static std::size_t read_count(const Json& value, const std::string& at) {
    const bool whole = is_number(value) && is_whole(value) && compare_numbers(value, 0) >= 0;
    if (!whole) refuse_value(at, value, "integer >= 0");
    if (value.is_number_integer()) return value.get<std::size_t>();
    return static_cast<std::size_t>(std::min(to_double(value), 1e18));
  }
  static const Json& read_number(const Json& value, const std::string& at) {
    if (!is_number(value)) refuse_value(at, value, "number");
    return value;
  }
  static bool read_boolean(const Json& value, const std::string& at) {
    if (!value.is_boolean()) refuse_value(at, value, "boolean");
    return value.get<bool>();
  }
  static const std::string& read_string(const Json& value, const std::string& at) {
    if (!value.is_string()) refuse_value(at, value, "string");
    return value.get_ref<const std::string&>();
  }
  static std::vector<std::string> read_names(const Json& value, const std::string& at) {
    if (!value.is_array()) refuse_value(at, value, "array of names");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto& name = read_name(read_string(value[i], join_pointer(at, i)), join_pointer(at, i));
      if (contains(names, name)) {
        refuse(join_pointer(at, i), "bad-keyword-value", in_quotes(name) + " is named twice");
      }
      names.push_back(name);
    }
    return names;
  }
  // The library keeps names as C strings.
  static const std::string& read_name(const std::string& name, const std::string& at) {
    if (name.find('\0') != std::string::npos) refuse(at, "bad-keyword-value", "a name must not contain U+0000");
    return name;
  }
  static const Json& read_object(const Json& value, const std::string& at) {
    if (!value.is_object()) refuse_value(at, value, "object");
    return value;
  }
  static Pattern read_pattern(const std::string& source, const std::string& at) {
    auto regex = Regex::compile(source);
    if (!regex) refuse(at, "bad-pattern", in_quotes(source) + " is no regular expression: " + regex.error());
    return {.source = source, .regex = std::move(*regex)};
  }
  std::vector<NodeId> read_schemas(const Json& value, const std::string& at) {
    if (!value.is_array()) refuse_value(at, value, "array of schemas");
    std::vector<NodeId> nodes;
    for (std::size_t i = 0; i < value.size(); ++i) nodes.push_back(compile(join_pointer(at, i)));
    return nodes;
  }
  std::vector<NodeId> read_branches(const Json& value, const std::string& at) {
    if (value.is_array() && value.empty()) refuse_value(at, value, "at least one schema");
    return read_schemas(value, at);
  }

  void read_type(SchemaNode& node, const Json& value, const std::string& at) {
    static const std::map<std::string_view, Types> kTypes = {{"null", kNull},     {"boolean", kBoolean}, {"integer", kInteger},
                                                             {"number", kNumber}, {"string", kString},   {"array", kArray},
                                                             {"object", kObject}};
    const Json list = value.is_array() ? value : Json::array({value});
    if (list.empty()) refuse_value(at, value, "at least one type");
    for (const auto& word : list) {
      const auto type = word.is_string() ? kTypes.find(word.get_ref<const std::string&>()) : kTypes.end();
      if (type == kTypes.end()) refuse_value(at, word, "null, boolean, integer, number, string, array or object");
      node.types = static_cast<Types>(node.types | type->second);
    }
  }
  void read_enum(SchemaNode& node, const Json& value, const std::string& at) {
    if (!value.is_array() || value.empty()) refuse_value(at, value, "array of values");
    node.enumeration = value.get<std::vector<Json>>();
  }
  void read_multiple_of(SchemaNode& node, const Json& value, const std::string& at) {
    if (!is_number(value) || compare_numbers(value, 0) <= 0) refuse_value(at, value, "number > 0");
    node.multiple_of = value;
  }
  void read_format(SchemaNode& node, const Json& value, const std::string& at) {
    const auto& name = read_string(value, at);
    node.format_check = find_format(name);
    if (node.format_check != nullptr) {
      node.format = name;
    } else if (!is_annotating_format(name) && !options_.allow_unknown) {
      refuse(at, "unknown-format", in_quotes(name) + " is no format that is known (docs/schemas.md)");
    }
  }
  void read_items(SchemaNode& node, const Json& value, const std::string& at) {
    if (value.is_array()) {
      node.tuple = read_schemas(value, at);
    } else {
      node.items = compile(at);
    }
  }
  void read_properties(SchemaNode& node, const Json& value, const std::string& at) {
    for (const auto& [name, schema] : read_object(value, at).items()) {
      node.properties.emplace(read_name(name, at), compile(join_pointer(at, name)));
    }
  }
  void read_pattern_properties(SchemaNode& node, const Json& value, const std::string& at) {
    for (const auto& [source, schema] : read_object(value, at).items()) {
      const auto place = join_pointer(at, source);
      node.pattern_properties.push_back({.pattern = read_pattern(source, place), .node = compile(place)});
    }
  }
  void read_dependencies(SchemaNode& node, const Json& value, const std::string& at) {
    for (const auto& [name, needs] : read_object(value, at).items()) {
      const auto place = join_pointer(at, name);
      Dependency dependency;
      dependency.name = read_name(name, place);
      if (needs.is_array()) {
        dependency.members = read_names(needs, place);
      } else {
        dependency.node = compile(place);
      }
      node.dependencies.push_back(std::move(dependency));
    }
  }
  // Not enforced here; unused definitions are compiled too, so that their mistakes are found.
  void read_definitions(SchemaNode&, const Json& value, const std::string& at) {
    for (const auto& [name, schema] : read_object(value, at).items()) compile(join_pointer(at, name));
  }

  template <std::optional<std::size_t> SchemaNode::*Member>
  void read_count_into(SchemaNode& node, const Json& value, const std::string& at) {
    node.*Member = read_count(value, at);
  }
  template <std::optional<Json> SchemaNode::*Member>
  void read_number_into(SchemaNode& node, const Json& value, const std::string& at) {
    node.*Member = read_number(value, at);
  }
  template <NodeId SchemaNode::*Member>
  void read_schema_into(SchemaNode& node, const Json&, const std::string& at) {
    node.*Member = compile(at);
  }
  template <std::vector<NodeId> SchemaNode::*Member>
  void read_branches_into(SchemaNode& node, const Json& value, const std::string& at) {
    node.*Member = read_branches(value, at);
  }
  void read_title(SchemaNode& node, const Json& value, const std::string&) {
    if (value.is_string()) node.title = value.get<std::string>();
  }
  void read_const(SchemaNode& node, const Json& value, const std::string&) { node.constant = value; }
  void read_text_pattern(SchemaNode& node, const Json& value, const std::string& at) {
    node.pattern = read_pattern(read_string(value, at), at);
  }
  void read_unique(SchemaNode& node, const Json& value, const std::string& at) { node.unique_items = read_boolean(value, at); }
  void read_required(SchemaNode& node, const Json& value, const std::string& at) { node.required = read_names(value, at); }

  static const std::unordered_map<std::string_view, Handler>& handlers() {
    using N = SchemaNode;
    using C = Compiler;
    static const std::unordered_map<std::string_view, Handler> kHandlers = {
        {"type", &C::read_type},
        {"enum", &C::read_enum},
        {"const", &C::read_const},
        {"title", &C::read_title},
        {"minimum", &C::read_number_into<&N::minimum>},
        {"maximum", &C::read_number_into<&N::maximum>},
        {"exclusiveMinimum", &C::read_number_into<&N::exclusive_minimum>},
        {"exclusiveMaximum", &C::read_number_into<&N::exclusive_maximum>},
        {"multipleOf", &C::read_multiple_of},
        {"minLength", &C::read_count_into<&N::min_length>},
        {"maxLength", &C::read_count_into<&N::max_length>},
        {"pattern", &C::read_text_pattern},
        {"format", &C::read_format},
        {"minItems", &C::read_count_into<&N::min_items>},
        {"maxItems", &C::read_count_into<&N::max_items>},
        {"uniqueItems", &C::read_unique},
        {"items", &C::read_items},
        {"additionalItems", &C::read_schema_into<&N::additional_items>},
        {"contains", &C::read_schema_into<&N::contains>},
        {"minProperties", &C::read_count_into<&N::min_properties>},
        {"maxProperties", &C::read_count_into<&N::max_properties>},
        {"required", &C::read_required},
        {"properties", &C::read_properties},
        {"patternProperties", &C::read_pattern_properties},
        {"additionalProperties", &C::read_schema_into<&N::additional_properties>},
        {"propertyNames", &C::read_schema_into<&N::property_names>},
        {"dependencies", &C::read_dependencies},
        {"allOf", &C::read_branches_into<&N::all_of>},
        {"anyOf", &C::read_branches_into<&N::any_of>},
        {"oneOf", &C::read_branches_into<&N::one_of>},
        {"not", &C::read_schema_into<&N::negated>},
        {"if", &C::read_schema_into<&N::condition>},
        {"then", &C::read_schema_into<&N::consequence>},
        {"else", &C::read_schema_into<&N::alternative>},
        {"definitions", &C::read_definitions},
        {"$defs", &C::read_definitions},
    };
    return kHandlers;
  }

  // A schema that refers to itself for the same value would never end.
  void refuse_endless(NodeId id) {
    if (states_[id] == State::done) return;
    const auto& node = nodes_[id];
    if (states_[id] == State::open) refuse(node.pointer, "ref-cycle", "this schema leads back to itself at the same value");
    states_[id] = State::open;
    for (const auto* branches : {&node.all_of, &node.any_of, &node.one_of}) {
      for (const NodeId branch : *branches) refuse_endless(branch);
    }
    for (const NodeId next : {node.negated, node.condition, node.consequence, node.alternative}) {
      if (next != kNoNode) refuse_endless(next);
    }
    for (const auto& dependency : node.dependencies) {
      if (dependency.node != kNoNode) refuse_endless(dependency.node);
    }
    states_[id] = State::done;
  }

  enum class State { fresh, open, done };

  const Json& document_;
  SchemaOptions options_;
  NodeList& nodes_;
  std::unordered_map<std::string, NodeId>& by_pointer_;
  std::vector<State> states_;
  std::size_t depth_ = 0;
};

}  // namespace

tl::expected<std::vector<NodeId>, SchemaError> compile_nodes(const Json& document, const std::vector<std::string>& pointers,
                                                             SchemaOptions options, SchemaNodes& schemas) {
  try {
    return Compiler(document, options, schemas).compile(pointers);
  } catch (const Refused& refused) {
    return tl::unexpected(refused.error);
  }
}

}  // namespace understudy
