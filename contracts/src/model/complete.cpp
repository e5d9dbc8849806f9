#include "contracts/src/model/complete.h"

#include <algorithm>
#include <map>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr int kDeepest = 8;  // of objects in objects: a schema may contain itself

using Members = std::map<std::string, const Json*>;

void gather(const Json* schema, const Json& document, Members& members, int depth) {
  schema = follow_refs(document, schema);
  if (schema == nullptr || !schema->is_object() || depth > kDeepest) return;
  if (const auto own = schema->find("properties"); own != schema->end()) {
    for (const auto& [name, member] : own->items()) members.emplace(name, &member);
  }
  if (const auto parts = schema->find("allOf"); parts != schema->end()) {
    for (const Json& part : *parts) gather(&part, document, members, depth + 1);
  }
}

bool takes(const Json& schema, std::string_view type) {
  const auto found = schema.find("type");
  if (found == schema.end()) return false;
  return found->is_array() ? std::ranges::find(*found, type) != found->end() : *found == type;
}

Json fallback(const Json* schema, const Json& document, int depth) {
  schema = follow_refs(document, schema);
  if (schema == nullptr || !schema->is_object() || depth > kDeepest) return nullptr;
  if (const auto given = schema->find("default"); given != schema->end()) return *given;
  if (takes(*schema, "null")) return nullptr;
  Members members;
  gather(schema, document, members, 0);
  if (!members.empty() || takes(*schema, "object")) {
    Json out = Json::object();
    for (const auto& [name, member] : members) out[name] = fallback(member, document, depth + 1);
    return out;
  }
  if (takes(*schema, "array")) return Json::array();
  if (takes(*schema, "boolean")) return false;
  if (takes(*schema, "integer") || takes(*schema, "number")) return 0;
  if (takes(*schema, "string")) return "";
  return nullptr;
}

bool is_local_date(const Json& schema) { return schema.value("x-date", "") == "local"; }

bool has_word(const Json& pattern) {
  for (auto member = pattern.begin(); member != pattern.end(); ++member) {
    if (member.key().starts_with('$')) return true;
  }
  return false;
}

// {{path}} and nothing else.
bool is_path(const Json& pattern) {
  if (!pattern.is_string()) return false;
  const auto parts = split_braces(pattern.get_ref<const std::string&>(), [](std::string_view) { return true; });
  return parts.size() == 2 && parts[0].text.empty() && parts[1].text.empty();
}

struct Completion {
  const Json& document;

  Json complete(const Json& pattern, const Json* schema, int depth) const {
    schema = follow_refs(document, schema);
    if (schema == nullptr || !schema->is_object() || depth > kDeepest) return pattern;
    Members members;
    gather(schema, document, members, 0);
    const auto items = schema->find("items");
    const Json* element = items == schema->end() ? nullptr : &*items;
    if (is_path(pattern)) {
      if (is_local_date(*schema)) return {{"$date", pattern}};
      if (members.empty()) return pattern;
      return {{"$if", pattern}, {"then", {{"$merge", Json::array({missing(members), pattern})}}}, {"else", pattern}};
    }
    if (pattern.is_array()) {
      Json out = Json::array();
      for (const Json& one : pattern) out.push_back(complete(one, element, depth + 1));
      return out;
    }
    if (!pattern.is_object()) return pattern;
    Json out = pattern;
    if (pattern.contains("$each")) {
      if (!pattern.value("flat", false)) out["body"] = complete(pattern.value("body", Json()), element, depth + 1);
    } else if (pattern.contains("$if")) {
      for (const char* branch : {"then", "else"}) {
        if (pattern.contains(branch)) out[branch] = complete(pattern.at(branch), schema, depth + 1);
      }
    } else if (pattern.contains("$merge")) {
      Json parts = Json::array({missing(members)});
      for (const Json& part : pattern.at("$merge")) parts.push_back(with_members(part, members, depth));
      out["$merge"] = std::move(parts);
    } else if (pattern.contains("$concat")) {
      for (Json& part : out["$concat"]) part = complete(part, schema, depth + 1);
    } else if (pattern.contains("$case")) {
      for (auto& [value, branch] : out["of"].items()) branch = complete(branch, schema, depth + 1);
      if (pattern.contains("else")) out["else"] = complete(pattern.at("else"), schema, depth + 1);
    } else if (has_word(pattern)) {
      if (is_local_date(*schema) && !pattern.contains("$date")) return {{"$date", pattern}};
    } else {
      out = with_members(pattern, members, depth);
      for (const auto& [name, member] : members) {
        if (!out.contains(name)) out[name] = fallback(member, document, 0);
      }
    }
    return out;
  }

  Json missing(const Members& members) const {
    Json out = Json::object();
    for (const auto& [name, member] : members) out[name] = fallback(member, document, 0);
    return out;
  }

  // The object with its own members completed.
  Json with_members(const Json& pattern, const Members& members, int depth) const {
    if (!pattern.is_object()) return pattern;
    Json out = pattern;
    for (auto& [name, value] : out.items()) {
      if (const auto member = members.find(name); member != members.end()) value = complete(value, member->second, depth + 1);
    }
    return out;
  }
};

}  // namespace

Json complete_pattern(const Json& pattern, const Json* schema, const Json& document) {
  return Completion{.document = document}.complete(pattern, schema, 0);
}

}  // namespace understudy
