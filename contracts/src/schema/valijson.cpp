#include "contracts/src/schema/valijson.h"

#include <exception>
#include <set>
#include <typeinfo>
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

using Subschemas = std::vector<const valijson::Subschema*>;  // by NodeId; null: not validated directly

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
        if (!fits(*(*subschemas)[child], member)) return false;
      }
      if (!known && node->additional_properties != kNoNode && !fits(*(*subschemas)[node->additional_properties], member)) return false;
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

Json reference(NodeId id) { return {{"$ref", "#/nodes/" + std::to_string(id)}}; }
Json references(const std::vector<NodeId>& ids) {
  auto list = Json::array();
  for (const NodeId id : ids) list.push_back(reference(id));
  return list;
}

Json types_for_library(Types types) {
  static constexpr std::pair<Types, const char*> kNames[] = {{kNull, "null"},     {kBoolean, "boolean"}, {kInteger | kNumber, "number"},
                                                             {kString, "string"}, {kArray, "array"},     {kObject, "object"}};
  auto names = Json::array();
  for (const auto& [bits, name] : kNames) {
    if ((types & bits) != 0) names.push_back(name);
  }
  return names;
}

// One node in the library's words. Every child is a reference, so that nothing is nested and each schema is parsed once; that also
// dodges the library's cache, which mistakes a schema in propertyNames for its parent.
Json node_for_library(NodeId id, const SchemaNode& node) {
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

// The nodes that are given to the library one by one: the roots, and what PatternMembers hands on.
std::vector<NodeId> find_entries(const SchemaNodes& schemas) {
  std::set<NodeId> entries;
  for (const auto& [pointer, id] : schemas.roots) entries.insert(id);
  for (const auto& node : schemas.nodes) {
    for (const auto& [pattern, child] : node.pattern_properties) entries.insert(child);
    if (!node.pattern_properties.empty() && node.additional_properties != kNoNode) entries.insert(node.additional_properties);
  }
  return {entries.begin(), entries.end()};
}

}  // namespace

struct SchemaJudge::Library {
  valijson::Schema schema;
  Subschemas subschemas;
};

tl::expected<SchemaJudge, std::string> SchemaJudge::make(const SchemaNodes& schemas) {
  auto library = std::make_unique<Library>();
  library->subschemas.resize(schemas.nodes.size());
  const auto entries = find_entries(schemas);
  Json document = {{"nodes", Json::array()}, {"allOf", references(entries)}};
  for (NodeId id = 0; id < schemas.nodes.size(); ++id) document["nodes"].push_back(node_for_library(id, schemas.nodes[id]));
  try {
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
        library->subschemas[entries[index]] = subschema;
        return true;
      });
      return true;
    };
    library->schema.apply(take_branches);
  } catch (const std::exception& error) {
    return tl::unexpected<std::string>(error.what());
  }
  return SchemaJudge(std::move(library));
}

SchemaJudge::SchemaJudge(std::unique_ptr<const Library> library) : library_(std::move(library)) {}
SchemaJudge::SchemaJudge(SchemaJudge&& other) noexcept = default;
SchemaJudge& SchemaJudge::operator=(SchemaJudge&& other) noexcept = default;
SchemaJudge::~SchemaJudge() = default;

Verdict SchemaJudge::judge(NodeId root, const Json& value) const {
  undecided = false;
  try {
    const bool fit = fits(*library_->subschemas[root], value);
    return undecided ? Verdict::undecided : fit ? Verdict::yes : Verdict::no;
  } catch (const std::exception&) {
    return Verdict::undecided;
  }
}

}  // namespace understudy
