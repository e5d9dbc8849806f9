#include "contracts/src/schema/schema.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <map>
#include <mutex>

#include "contracts/src/schema/accept.h"
#include "contracts/src/schema/compile.h"
#include "contracts/src/schema/explain.h"
#include "contracts/src/schema/node.h"
#include "contracts/src/schema/valijson.h"

namespace understudy {
namespace {

Finding undecided_finding(const std::string& pointer, std::string expected, std::string actual, std::string message) {
  Finding finding;
  finding.code = "undecided";
  finding.pointer = pointer;
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.message = (pointer.empty() ? "the value" : pointer) + " " + std::move(message);
  return finding;
}

bool is_judgeable(const Json& value, std::size_t depth) {
  if (value.is_string()) return is_valid_utf8(value.get_ref<const std::string&>());
  if (!value.is_structured()) return true;
  if (depth == kMaxJsonDepth) return false;
  if (value.is_array()) {
    const auto& elements = value.get_ref<const Json::array_t&>();
    return std::ranges::all_of(elements, [&](const Json& element) { return is_judgeable(element, depth + 1); });
  }
  const auto& members = value.get_ref<const Json::object_t&>();
  return std::ranges::all_of(members,
                             [&](const auto& member) { return is_valid_utf8(member.first) && is_judgeable(member.second, depth + 1); });
}

// The first part of the value that no JSON text of ours could hold.
std::optional<Finding> find_unjudgeable(const Json& value, const std::string& at, std::size_t depth) {
  if (value.is_string() && !is_valid_utf8(value.get_ref<const std::string&>())) {
    return undecided_finding(at, "valid UTF-8", describe(value), "could not be decided: it is not valid UTF-8");
  }
  if (!value.is_structured()) return std::nullopt;
  if (depth == kMaxJsonDepth) {
    const auto levels = std::to_string(kMaxJsonDepth);
    return undecided_finding(at, "at most " + levels + " levels", "more",
                             "could not be decided: it is nested deeper than " + levels + " levels");
  }
  std::size_t index = 0;
  for (auto child = value.begin(); child != value.end(); ++child, ++index) {
    if (value.is_object() && !is_valid_utf8(child.key())) {
      return undecided_finding(at, "names in valid UTF-8", "name " + describe(Json(child.key())),
                               "could not be decided: a name is not valid UTF-8");
    }
    const auto place = value.is_object() ? join_pointer(at, child.key()) : join_pointer(at, index);
    if (auto finding = find_unjudgeable(*child, place, depth + 1)) return finding;
  }
  return std::nullopt;
}

}  // namespace

struct SchemaSet::Compiled {
  // Grows only by schemas that no thread has a node of; while that happens, `compiling` is locked.
  mutable SchemaNodes schemas;
  mutable std::map<std::string, std::atomic<NodeId>, std::less<>> roots;  // by the pointers that were given; kNoNode: not compiled yet
  std::optional<SharedJson> document;                                     // none: all are compiled
  SchemaOptions options = {};
  mutable std::mutex compiling;
  SchemaJudge judge{schemas};

  NodeId find(std::string_view pointer) const {
    const auto found = roots.find(pointer);
    assert(found != roots.end());
    if (found == roots.end()) return kNoNode;
    const NodeId known = found->second.load(std::memory_order_acquire);
    return known == kNoNode && document ? compile(found->first, found->second) : known;
  }

  bool accepts(NodeId root, const Json& value) const {
    return judge_quickly(schemas, root, value) == Verdict::yes || judge.judge(root, value) == Verdict::yes;
  }

 private:
  NodeId compile(const std::string& pointer, std::atomic<NodeId>& root) const {
    const std::lock_guard lock(compiling);
    if (root.load(std::memory_order_relaxed) == kNoNode) {
      const auto nodes = compile_nodes(**document, {pointer}, options, schemas);
      assert(nodes);
      if (nodes) root.store(nodes->front(), std::memory_order_release);
    }
    return root.load(std::memory_order_relaxed);
  }
};

SchemaSet::SchemaSet(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
SchemaSet::SchemaSet(SchemaSet&& other) noexcept = default;
SchemaSet& SchemaSet::operator=(SchemaSet&& other) noexcept = default;
SchemaSet::~SchemaSet() = default;

tl::expected<SchemaSet, SchemaError> SchemaSet::compile(const Json& document, const std::vector<std::string>& pointers,
                                                        SchemaOptions options) {
  auto compiled = std::make_unique<Compiled>();
  const auto nodes = compile_nodes(document, pointers, options, compiled->schemas);
  if (!nodes) return tl::unexpected(nodes.error());
  compiled->schemas.by_pointer.clear();
  for (std::size_t i = 0; i < pointers.size(); ++i) compiled->roots.emplace(pointers[i], (*nodes)[i]);
  return SchemaSet(std::move(compiled));
}

SchemaSet SchemaSet::compile_later(SharedJson document, const std::vector<std::string>& pointers, SchemaOptions options) {
  auto compiled = std::make_unique<Compiled>();
  for (const std::string& pointer : pointers) compiled->roots.emplace(pointer, kNoNode);
  compiled->document = std::move(document);
  compiled->options = options;
  return SchemaSet(std::move(compiled));
}

bool SchemaSet::contains(std::string_view pointer) const { return compiled_->roots.contains(pointer); }

Findings SchemaSet::check(std::string_view pointer, const Json& value, std::size_t limit) const {
  const NodeId root = compiled_->find(pointer);
  if (root == kNoNode)
    return {undecided_finding("", "", "", "could not be decided: no schema was compiled at '" + std::string(pointer) + "'")};
  if (!is_judgeable(value, 0)) return {*find_unjudgeable(value, "", 0)};
  if (compiled_->accepts(root, value)) return {};
  auto findings = explain_value(compiled_->schemas, root, value, limit);
  if (findings.empty())
    findings.push_back(undecided_finding("", describe(value), "",
                                         "could not be decided: the library rejects the value, and our explanation finds no reason"));
  return findings;
}

bool SchemaSet::accepts(std::string_view pointer, const Json& value) const {
  const NodeId root = compiled_->find(pointer);
  return root != kNoNode && is_judgeable(value, 0) && compiled_->accepts(root, value);
}

Findings SchemaSet::explain(std::string_view pointer, const Json& value, std::size_t limit) const {
  const NodeId root = compiled_->find(pointer);
  return root == kNoNode ? Findings{} : explain_value(compiled_->schemas, root, value, limit);
}

}  // namespace understudy
