#include "contracts/src/schema/valijson.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <set>
#include <typeinfo>
#include <unordered_map>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "contracts/src/schema/adapter.h"
#include "contracts/src/schema/values.h"

namespace understudy {
namespace {

using Subschemas = std::unordered_map<NodeId, const valijson::Subschema*>;  // that are validated directly

// Set when a regular expression gives up; the verdict that the library then gives is worth nothing.
thread_local bool undecided = false;

bool fits(const valijson::Subschema& schema, const Json& value) {
  thread_local valijson::Validator validator(valijson::Validator::kStrongTypes);
  return validator.validate(schema, schema_view::Adapter(value), nullptr);
}

// Up to 1.0.6 the library passes a path of strings to custom keywords, since 1.1.0 a class of its own.
template <class Results>
struct PathOf {
  using Type = std::vector<std::string>;
};
template <class Results>
requires requires { typename Results::Path; }
struct PathOf<Results> {
  using Type = typename Results::Path;
};
using Path = PathOf<valijson::ValidationResults>::Type;

// A keyword of ours: sees the value itself.
template <class Check>
class OwnKeyword final : public valijson::constraints::PolyConstraint {
 public:
  explicit OwnKeyword(Check check) : check_(check) {}
  bool validate(const valijson::adapters::Adapter& target, const Path&, valijson::ValidationResults*) const override {
    if (typeid(target) == typeid(schema_view::Adapter)) return check_(static_cast<const schema_view::Adapter&>(target).json());
    return check_(Json(target.asString()));  // propertyNames shows names through an adapter of the library
  }

 private:
  Constraint* cloneInto(void* place) const override { return new (place) OwnKeyword(*this); }
  std::size_t sizeOf() const override { return sizeof(OwnKeyword); }
  Check check_;
};

struct ExactKeywords {
  const SchemaNode* node;
  bool operator()(const Json& value) const {
    const auto verdict = check_exact_keywords(*node, value);
    undecided |= verdict == Verdict::undecided;
    return verdict == Verdict::yes;
  }
};

// patternProperties, and additionalProperties beside it.
struct PatternMembers {
  const SchemaNode* node;
  const Subschemas* subschemas;
  bool operator()(const Json& value) const {
    if (!value.is_object()) return true;
    for (const auto& [name, member] : value.items()) {
      bool known = node->properties.contains(name);
      for (const auto& [pattern, child] : node->pattern_properties) {
        const auto verdict = pattern.regex.search(name);
        undecided |= verdict == Verdict::undecided;
        if (verdict == Verdict::no) continue;
        known = true;
        if (!fits(*subschemas->at(child), member)) return false;
      }
      if (!known && node->additional_properties != kNoNode && !fits(*subschemas->at(node->additional_properties), member)) return false;
    }
    return true;
  }
};

constexpr const char* kExactKeyword = "x-understudy-exact";
constexpr const char* kMembersKeyword = "x-understudy-members";

template <class Make>
class Builder final : public valijson::ConstraintBuilder {
 public:
  explicit Builder(Make make) : make_(make) {}
  valijson::constraints::Constraint* make(const valijson::adapters::Adapter& value) const override {
    return new OwnKeyword(make_(static_cast<NodeId>(value.asInteger())));
  }

 private:
  Make make_;
};

Json types_for_library(Types types) {
  static constexpr std::pair<Types, const char*> kNames[] = {{kNull, "null"},     {kBoolean, "boolean"}, {kInteger | kNumber, "number"},
                                                             {kString, "string"}, {kArray, "array"},     {kObject, "object"}};
  auto names = Json::array();
  for (const auto& [bits, name] : kNames) {
    if ((types & bits) != 0) names.push_back(name);
  }
  return names;
}

// What a root refers to, in the library's words.
class Translation {
 public:
  explicit Translation(const SchemaNodes& schemas) : schemas_(schemas) {}

  Json translate(NodeId root) {
    add_entry(root);
    Json nodes = Json::object();
    while (!waiting_.empty()) {
      const NodeId id = waiting_.back();
      waiting_.pop_back();
      nodes[std::to_string(id)] = translate_node(id, schemas_.nodes[id]);
    }
    return {{"nodes", std::move(nodes)}, {"allOf", references(entries_)}};
  }
  // The nodes that are given to the library one by one: the root, and what PatternMembers hands on.
  const std::vector<NodeId>& entries() const { return entries_; }

 private:
  Json reference(NodeId id) {
    if (seen_.insert(id).second) waiting_.push_back(id);
    return {{"$ref", "#/nodes/" + std::to_string(id)}};
  }
  Json references(const std::vector<NodeId>& ids) {
    auto list = Json::array();
    for (const NodeId id : ids) list.push_back(reference(id));
    return list;
  }
  void add_entry(NodeId id) {
    reference(id);
    if (std::ranges::find(entries_, id) == entries_.end()) entries_.push_back(id);
  }
  Json translate_node(NodeId id, const SchemaNode& node);

  const SchemaNodes& schemas_;
  std::vector<NodeId> entries_, waiting_;
  std::set<NodeId> seen_;
};

// One node in the library's words. Every child is a reference, so that nothing is nested and each schema is parsed once; that also
// dodges the library's cache, which mistakes a schema in propertyNames for its parent.
Json Translation::translate_node(NodeId id, const SchemaNode& node) {
  auto out = Json::object();
  if (node.boolean) {
    if (!*node.boolean) out["not"] = Json::object();  // `false` itself is an error without a message in the library
    return out;
  }
  const auto put = [&](const char* keyword, NodeId child) {
    if (child != kNoNode) out[keyword] = reference(child);
  };
  const auto put_all = [&](const char* keyword, const std::vector<NodeId>& children) {
    if (!children.empty()) out[keyword] = references(children);
  };
  const auto put_count = [&](const char* keyword, const std::optional<std::size_t>& count) {
    if (count) out[keyword] = static_cast<std::int64_t>(std::min<std::size_t>(*count, 1'000'000'000'000));
  };
  if (node.types != 0) out["type"] = types_for_library(node.types);
  if (has_exact_keywords(node)) out[kExactKeyword] = id;
  put_count("minItems", node.min_items);
  put_count("maxItems", node.max_items);
  put_count("minProperties", node.min_properties);
  put_count("maxProperties", node.max_properties);
  if (node.tuple) {
    out["items"] = references(*node.tuple);
    out["additionalItems"] = node.additional_items == kNoNode ? Json(true) : reference(node.additional_items);
  } else {
    put("items", node.items);
  }
  put("contains", node.contains);
  if (!node.required.empty()) out["required"] = node.required;
  for (const auto& [name, child] : node.properties) out["properties"][name] = reference(child);
  if (!node.pattern_properties.empty()) {
    out[kMembersKeyword] = id;
    for (const auto& [pattern, child] : node.pattern_properties) add_entry(child);
    if (node.additional_properties != kNoNode) add_entry(node.additional_properties);
  } else {
    put("additionalProperties", node.additional_properties);
  }
  put("propertyNames", node.property_names);
  for (const auto& [name, members, child] : node.dependencies) {
    out["dependencies"][name] = child == kNoNode ? Json(members) : reference(child);
  }
  put_all("allOf", node.all_of);
  put_all("anyOf", node.any_of);
  put_all("oneOf", node.one_of);
  put("not", node.negated);
  if (node.condition != kNoNode) {
    put("if", node.condition);
    put("then", node.consequence);
    put("else", node.alternative);
  }
  return out;
}

}  // namespace

struct SchemaJudge::Library {
  valijson::Schema schema;
  Subschemas subschemas;

  static std::unique_ptr<Library> make(const SchemaNodes& schemas, NodeId root) {
    auto library = std::make_unique<Library>();
    Translation translation(schemas);
    const Json document = translation.translate(root);
    const auto exact = [&](NodeId id) { return ExactKeywords{&schemas.nodes[id]}; };
    const auto members = [&](NodeId id) { return PatternMembers{&schemas.nodes[id], &library->subschemas}; };
    valijson::SchemaParser parser;
    parser.addConstraintBuilder(kExactKeyword, new Builder(exact));
    parser.addConstraintBuilder(kMembersKeyword, new Builder(members));
    parser.populateSchema(schema_view::Adapter(document), library->schema);
    // The branches of the root's allOf are the entries, in order.
    valijson::Subschema::ApplyFunction take_branches = [&](const valijson::constraints::Constraint& constraint) {
      const auto& all_of = dynamic_cast<const valijson::constraints::AllOfConstraint&>(constraint);
      all_of.applyToSubschemas([&](unsigned index, const valijson::Subschema* subschema) {
        library->subschemas[translation.entries()[index]] = subschema;
        return true;
      });
      return true;
    };
    library->schema.apply(take_branches);
    return library;
  }
};

struct SchemaJudge::Root {
  std::once_flag once;
  std::unique_ptr<const Library> library;  // null: the library refuses the schema
};

SchemaJudge::SchemaJudge(const SchemaNodes& schemas) : schemas_(schemas) {}
SchemaJudge::~SchemaJudge() = default;

Verdict SchemaJudge::judge(NodeId root, const Json& value) const {
  Root& made = [&]() -> Root& {
    const std::lock_guard lock(mutex_);
    return roots_[root];
  }();
  std::call_once(made.once, [&] {
    try {
      made.library = Library::make(schemas_, root);
    } catch (const std::exception&) {
    }
  });
  if (made.library == nullptr) return Verdict::undecided;
  undecided = false;
  try {
    const bool fit = fits(*made.library->subschemas.at(root), value);
    return undecided ? Verdict::undecided : fit ? Verdict::yes : Verdict::no;
  } catch (const std::exception&) {
    return Verdict::undecided;
  }
}

}  // namespace understudy
