// Where bodies hold records.
#include "contracts/src/guess/resources.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
std::string singular(std::string word) {
  if (word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  if (word.ends_with("s") && !word.ends_with("ss")) word.pop_back();
  return word;
}

std::string last_segment(const Resource& resource) { return resource.key.substr(resource.key.rfind('/') + 1); }

std::optional<Inside> find_list(const SchemaIndex& schemas, const std::string& schema, const std::string& name) {
  if (schema.empty()) return std::nullopt;
  if (const std::string items = schemas.items(schema); !items.empty())
    return schemas.is_object(items) ? std::optional(Inside{.schema = items}) : std::nullopt;
  const auto members = schemas.members(schema);
  std::optional<Inside> best;
  int candidates = 0;
  const auto rank = [&](const std::string& member) {
    const std::string word = plain_word(member);
    return word == plain_word(name) ? 3 : contains(kWrappers, word) ? 2 : 1;
  };
  int best_rank = 0;
  for (const auto& [member, pointer] : members) {
    const std::string items = schemas.items(pointer);
    if (items.empty() || !schemas.is_object(items)) continue;
    ++candidates;
    if (rank(member) > best_rank) {
      best_rank = rank(member);
      best = Inside{.path = {member}, .schema = items};
    }
  }
  if (best_rank >= 2 || candidates == 1) return best;
  for (const auto& [member, pointer] : members) {  // {data: {items: [...]}}, {_embedded: {orders: [...]}}
    if (rank(member) < 2 && member != "_embedded") continue;
    if (!schemas.items(pointer).empty()) continue;
    auto inner = find_list(schemas, pointer, name);
    if (!inner || inner->path.empty() || inner->path.size() > 1) continue;
    inner->path.insert(inner->path.begin(), member);
    return inner;
  }
  return std::nullopt;
}

std::optional<Inside> find_record(const SchemaIndex& schemas, const std::string& schema, const Resource& resource) {
  if (schema.empty() || !schemas.items(schema).empty() || !schemas.is_object(schema)) return std::nullopt;
  const auto members = schemas.members(schema);
  if (!resource.id_member.empty() && members.contains(resource.id_member)) return Inside{.schema = schema};
  const std::string own = singular(plain_word(last_segment(resource)));
  std::optional<Inside> only;
  for (const auto& [member, pointer] : members) {
    if (!schemas.items(pointer).empty() || !schemas.is_object(pointer)) continue;
    const std::string word = plain_word(member);
    const bool has_id = schemas.members(pointer).contains(resource.id_member);
    if (word == own || (contains(kWrappers, word) && (has_id || members.size() == 1))) return Inside{.path = {member}, .schema = pointer};
    if (members.size() == 1) only = Inside{.path = {member}, .schema = pointer};
  }
  if (only && resource.id_member.empty()) return only;
  return Inside{.schema = schema};
}

}  // namespace understudy
