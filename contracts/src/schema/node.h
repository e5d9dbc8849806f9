// The compiled form of schemas: plain nodes that refer to each other by index, references already followed. compile.h makes them,
// valijson.h validates with them, explain.h explains failures.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contracts/src/base/formats.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/regex.h"

namespace understudy {

using NodeId = std::size_t;
inline constexpr NodeId kNoNode = static_cast<NodeId>(-1);

// The types of `type`, as bits.
using Types = std::uint8_t;
inline constexpr Types kNull = 1, kBoolean = 2, kInteger = 4, kNumber = 8, kString = 16, kArray = 32, kObject = 64;

struct Pattern {
  std::string source;
  Regex regex;
};

struct PatternMember {
  Pattern pattern;
  NodeId node = kNoNode;
};

// One entry of `dependencies`: these members, or this schema.
struct Dependency {
  std::string name;
  std::vector<std::string> members;
  NodeId node = kNoNode;
};

struct SchemaNode {
  std::string pointer;          // in the document; of the target, where a $ref led here
  std::optional<bool> boolean;  // the schema is `true` or `false`

  Types types = 0;  // 0: any
  std::optional<std::vector<Json>> enumeration;
  std::optional<Json> constant;

  std::optional<Json> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;

  std::optional<std::size_t> min_length, max_length;
  std::optional<Pattern> pattern;
  std::string format;  // only if it is enforced
  FormatCheck format_check = nullptr;

  std::optional<std::size_t> min_items, max_items;
  bool unique_items = false;
  NodeId items = kNoNode;                    // of every element
  std::optional<std::vector<NodeId>> tuple;  // of the first elements
  NodeId additional_items = kNoNode;         // of those behind the tuple
  NodeId contains = kNoNode;

  std::optional<std::size_t> min_properties, max_properties;
  std::vector<std::string> required;
  std::map<std::string, NodeId, std::less<>> properties;
  std::vector<PatternMember> pattern_properties;
  NodeId additional_properties = kNoNode;
  NodeId property_names = kNoNode;
  std::vector<Dependency> dependencies;

  std::vector<NodeId> all_of, any_of, one_of;
  NodeId negated = kNoNode;
  std::string title;                                                         // says in words what `not` forbids to miss
  NodeId condition = kNoNode, consequence = kNoNode, alternative = kNoNode;  // if, then, else
};

// A list that grows at its end. Elements stay where they are, and those that exist may be read while others are added.
class NodeList {
 public:
  std::size_t size() const { return size_; }
  // With data(), because operator[] of a checked vector reads its size.
  const SchemaNode& operator[](NodeId id) const { return blocks_[block_of(id)].data()[id - first_of(block_of(id))]; }
  SchemaNode& operator[](NodeId id) { return blocks_[block_of(id)].data()[id - first_of(block_of(id))]; }
  void add() {
    std::vector<SchemaNode>& block = blocks_[block_of(size_)];
    if (block.empty()) block.reserve(kFirst << block_of(size_));
    block.emplace_back();
    ++size_;
  }

 private:
  // Each block is twice as large as the one before.
  static constexpr std::size_t kFirst = 8, kMostBlocks = 40;
  static std::size_t block_of(NodeId id) { return static_cast<std::size_t>(std::bit_width(id / kFirst + 1)) - 1; }
  static NodeId first_of(std::size_t block) { return ((std::size_t{1} << block) - 1) * kFirst; }

  std::array<std::vector<SchemaNode>, kMostBlocks> blocks_;
  std::size_t size_ = 0;
};

struct SchemaNodes {
  NodeList nodes;
  std::unordered_map<std::string, NodeId> by_pointer;  // what compile_nodes() has compiled
};

}  // namespace understudy
