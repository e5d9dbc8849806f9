#include "contracts/src/model/members.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

std::string render_list(const Json& values) {
  std::string text;
  for (const Json& value : values) text += (text.empty() ? "" : ", ") + render_json(value);
  return text;
}

std::string render_limit(const std::string& keyword, const Json& value) {
  if (keyword == "enum") return "one of " + render_list(value);
  if (keyword == "x-numbers") return "as numbers " + render_list(value);
  if (keyword == "additionalProperties" && value == false) return "no other members";
  if (keyword == "const") return "is " + render_json(value);
  const bool has_own_rows = keyword == "anyOf" || keyword == "oneOf" || keyword == "additionalProperties";
  return has_own_rows ? std::string() : fmt::format("{} {}", keyword, value.is_string() ? value.get<std::string>() : render_json(value));
}

void add_type(std::string& types, const Json& type) {
  for (const Json& one : type.is_array() ? type : Json::array({type})) {
    const auto name = as_text(one);
    const auto is_known = contains(split(types, ' '), std::string_view(name));
    if (!is_known) types += (types.empty() ? "" : " or ") + name;
  }
}

class MemberList {
 public:
  explicit MemberList(const Json& document) : document_(document) {}

  std::vector<Member> list(const std::string& schema) {
    add({.schema = schema});
    if (!rows_.empty() && rows_.front().type == "object" && rows_.front().limits.empty()) rows_.erase(rows_.begin());
    return std::move(rows_);
  }

 private:
  void add(Member row) {
    const auto merged = std::ranges::find(rows_, row.pointer, &Member::pointer);
    const auto index = static_cast<std::size_t>(merged - rows_.begin());
    if (merged == rows_.end()) rows_.push_back(row);
    rows_[index].required = rows_[index].required || row.required;
    read(index, row.schema, true);
  }

  // `is_certain`: not an alternative.
  void read(std::size_t index, std::string at, bool is_certain) {
    const Json* node = find_pointer(document_, at);
    std::vector<std::string> followed;
    for (auto target = node ? local_ref(*node) : std::nullopt; target; target = node ? local_ref(*node) : std::nullopt) {
      at = *target;
      followed.push_back(at);
      node = find_pointer(document_, at);
    }
    if (node == nullptr || !node->is_object() || contains(open_, at)) return;
    open_.push_back(at);
    for (const auto& [keyword, value] : node->items()) read_keyword(rows_[index], keyword, value);
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      const auto parts = node->find(word);
      for (std::size_t i = 0; parts != node->end() && i < parts->size(); ++i)
        read(index, join_pointer(at + "/" + word, i), is_certain && std::string_view(word) == "allOf");
    }
    const auto parent = rows_[index].pointer;
    if (node->contains("items")) add({.pointer = parent + "/*", .schema = at + "/items"});
    const auto required = node->value("required", Json::array());
    const auto properties = node->value("properties", Json::object());
    for (const auto& [name, schema] : properties.items()) {
      const bool is_required = is_certain && contains(required, Json(name));
      add({.pointer = join_pointer(parent, name), .schema = join_pointer(at + "/properties", name), .required = is_required});
    }
    for (const Json& name : is_certain ? required : Json::array()) {  // of members that another part of allOf declares
      if (name.is_string() && !properties.contains(name.get<std::string>()))
        add({.pointer = join_pointer(parent, name.get<std::string>()), .schema = at, .required = true});
    }
    const auto others = node->find("additionalProperties");
    if (others != node->end() && others->is_object()) add({.pointer = parent + "/(any name)", .schema = at + "/additionalProperties"});
    open_.pop_back();
  }

  static void read_keyword(Member& row, const std::string& keyword, const Json& value) {
    constexpr std::string_view kStructure[] = {"properties", "required",    "items",      "allOf",    "title",
                                               "default",    "example",     "x-evidence", "x-source", "then",
                                               "else",       "definitions", "$defs",      "if",       "x-because"};
    if (keyword == "type") return add_type(row.type, value);
    if (keyword == "description" && row.about.empty()) row.about = as_text(value);
    if (keyword == "description" || contains(kStructure, std::string_view(keyword))) return;
    auto limit = render_limit(keyword, value);
    if (!limit.empty() && !contains(row.limits, limit)) row.limits.push_back(std::move(limit));
  }

  const Json& document_;
  std::vector<Member> rows_;
  std::vector<std::string> open_;  // the schemas that are being read
};

}  // namespace

std::vector<Member> list_members(const Json& document, std::string_view schema) { return MemberList(document).list(std::string(schema)); }

}  // namespace understudy
