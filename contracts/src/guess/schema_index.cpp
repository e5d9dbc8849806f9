#include "contracts/src/guess/resources.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr int kDeepest = 20;

}  // namespace

std::string plain_word(std::string_view name) {
  std::string word;
  for (const char c : name) {
    if (is_letter(c) || is_digit(c)) word += ascii_lower(c);
  }
  return word;
}

const Json* SchemaIndex::find(const std::string& pointer) const {
  const Json* found = pointer.empty() ? nullptr : find_pointer(document_, follow(pointer));
  return found != nullptr && found->is_object() ? found : nullptr;
}

std::string SchemaIndex::follow(std::string pointer) const {
  for (int i = 0; i < kDeepest; ++i) {
    const Json* schema = find_pointer(document_, pointer);
    const auto target = schema == nullptr ? std::nullopt : local_ref(*schema);
    if (!target) return pointer;
    pointer = *target;
  }
  return pointer;
}

void SchemaIndex::gather(const std::string& pointer, std::map<std::string, std::string>& out, int depth) const {
  const std::string at = follow(pointer);
  const Json* schema = find(at);
  if (schema == nullptr || depth > kDeepest) return;
  if (const auto own = schema->find("properties"); own != schema->end()) {
    for (const auto& [name, member] : own->items()) out.emplace(name, join_pointer(at, "properties", name));
  }
  const auto parts = [&](const char* word) { return schema->contains(word) ? schema->at(word).size() : 0; };
  for (std::size_t i = 0; i < parts("allOf"); ++i) gather(join_pointer(at, "allOf", i), out, depth + 1);
  for (const char* word : {"oneOf", "anyOf"}) {
    for (std::size_t i = 0; i < parts(word) && out.empty(); ++i) gather(join_pointer(at, word, i), out, depth + 1);
  }
}

std::map<std::string, std::string> SchemaIndex::members(const std::string& pointer) const {
  std::map<std::string, std::string> out;
  if (!pointer.empty()) gather(pointer, out, 0);
  return out;
}

std::string SchemaIndex::items(const std::string& pointer) const {
  const std::string at = follow(pointer);
  const Json* schema = find(at);
  if (schema == nullptr) return {};
  if (schema->contains("items") && schema->at("items").is_object()) return join_pointer(at, "items");
  for (const char* word : {"anyOf", "oneOf", "allOf"}) {
    const std::size_t count = schema->contains(word) ? schema->at(word).size() : 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (const std::string found = items(join_pointer(at, word, i)); !found.empty()) return found;
    }
  }
  return {};
}

bool SchemaIndex::is(const std::string& pointer, std::string_view type) const {
  const Json* schema = find(pointer);
  if (schema == nullptr) return false;
  const Json given = schema->value("type", Json());
  if (given.is_array() ? contains(given, Json(type)) : given == type) return true;
  for (const char* word : {"anyOf", "oneOf", "allOf"}) {
    const std::size_t count = schema->contains(word) ? schema->at(word).size() : 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string part = join_pointer(follow(pointer), word, i);
      const Json* one = find(part);
      if (one != nullptr && one != schema && one->value("type", Json()) == type) return true;
    }
  }
  return false;
}

bool SchemaIndex::is_object(const std::string& pointer) const { return is(pointer, "object") || !members(pointer).empty(); }

}  // namespace understudy
