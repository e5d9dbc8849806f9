// Collections, ids, and what paths say about records.
#include "contracts/src/guess/guesser.h"

#include <algorithm>

#include "contracts/src/base/formats.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::string_view kCreated[] = {"created",    "createdat",   "createdon",   "createddate",     "creationdate", "creationtime",
                                         "createtime", "createdtime", "datecreated", "createddatetime", "insertedat",   "createdtimestamp"};
constexpr std::string_view kUpdated[] = {"updated",    "updatedat",    "updatedon",      "modified",    "modifiedat",
                                         "modifiedon", "lastmodified", "lastmodifiedat", "lastupdated", "lastupdatedat",
                                         "updatetime", "dateupdated",  "datemodified",   "updateddate", "lastmodifieddate"};

}  // namespace

bool Guesser::is_composite(const Resource& one) const {
  return one.keying == Keying::by_path && (!one.parents.empty() || one.id_param.empty() || one.id_member.empty());
}

std::string Guesser::id_member(const Resource& one) const { return is_composite(one) || one.id_member.empty() ? kHiddenId : one.id_member; }

void Guesser::add_collection(std::size_t index) {
  const Resource& one = resources_[index];
  const auto members = schemas_.members(one.model);
  Json id = {{"member", id_member(one)}, {"sequence", one.name}};
  const auto member = members.find(id_member(one));
  if (Json schema = id_schema(one, member == members.end() ? one.id_schema : member->second); !schema.is_null())
    id["schema"] = std::move(schema);
  if (!one.id_at.empty() && !is_composite(one)) id["at"] = one.id_at;
  Json made = {{"id", std::move(id)}};
  if (!one.model.empty()) {
    made["model"] = schema_reference(one.model);
    const auto given = schemas_.members(one.client);
    Json optional = Json::array(), created = Json::array(), updated = Json::array();
    for (const auto& [name, schema] : given) {
      if (!is_read_only(schema) && members.contains(name)) optional.push_back(name);
    }
    for (const auto& [name, schema] : members) {
      const std::string word = plain_word(name);
      const bool is_time = schemas_.is(schema, "string") || schemas_.is(schema, "integer") || schemas_.is(schema, "number");
      if (!is_time || contains(optional, Json(name))) continue;
      if (contains(kCreated, word)) created.push_back(name);
      if (contains(kUpdated, word)) updated.push_back(name);
    }
    if (!optional.empty()) made["optional"] = std::move(optional);
    if (!created.empty()) made["times"]["created"] = std::move(created);
    if (!updated.empty()) made["times"]["updated"] = std::move(updated);
  }
  guess_.collections["sequences"][one.name] = 1;
  guess_.collections["collections"][one.name] = std::move(made);
  if (one.exists_always && !one.list_operation.empty() && one.parents.empty() && !one.id_param.empty())
    guess_.collections["records"][one.name] = Json::array({Json::object(), Json::object()});
}

bool Guesser::is_read_only(const std::string& schema) const {
  const Json* found = schemas_.find(schema);
  return found != nullptr && found->value("readOnly", Json()) == true;
}

Json Guesser::id_schema(const Resource& one, const std::string& pointer) const {
  if (schemas_.find(pointer) == nullptr || schemas_.is(pointer, "integer") || schemas_.is(pointer, "number")) return nullptr;
  Json schema = {{"type", "string"}};
  for (const std::string& source : {pointer, one.id_schema}) {  // the record's member, then the path's parameter
    const Json* found = schema.size() > 1 ? nullptr : schemas_.find(source);
    for (const char* word : {"format", "pattern", "minLength", "maxLength"}) {
      if (found != nullptr && found->contains(word)) schema[word] = found->at(word);
    }
  }
  if (const Json format = schema.value("format", Json()); format.is_string() && is_annotating_format(format.get<std::string>()))
    schema.erase("format");
  const std::string word = plain_word(one.id_member);
  const bool is_uuid = word.find("uuid") != std::string::npos || word.find("guid") != std::string::npos;
  if (is_uuid && schema.size() == 1) schema["format"] = "uuid";
  return schema;
}

Json Guesser::where(const Resource& one, const std::vector<std::string>& parameters) const {
  Json made = Json::object();
  if (is_composite(one)) {
    made[kHiddenId] = composite(parameters);
    return made;
  }
  for (std::size_t i = 0; i < one.parents.size() && i < parameters.size(); ++i)
    made[join_pointer("", kHidden, one.parents[i])] = braced("path", parameters[i]);
  if (!parameters.empty() && !one.id_param.empty() && parameters.size() > one.parents.size())
    made[one.id_at.empty() ? id_member(one) : one.id_at] = braced("path", parameters[one.parents.size()]);
  return made;
}

std::string Guesser::composite(const std::vector<std::string>& parameters) {
  std::string id;
  for (const std::string& name : parameters) id += (id.empty() ? "" : "/") + braced("path", name);
  return id.empty() ? "own" : id;
}

Json Guesser::path_members(const Resource& one, const std::vector<std::string>& parameters, bool with_id) const {
  Json made = Json::object();
  const auto members = schemas_.members(one.model);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool is_id = i >= one.parents.size() && !one.id_param.empty();
    if (is_id && !with_id) continue;
    const std::string& name = i < one.parents.size() ? one.parents[i] : parameters[i];
    if (!is_id) made[kHidden][name] = braced("path", parameters[i]);
    if (members.contains(parameters[i]) && !schemas_.is_object(members.at(parameters[i])) &&
        schemas_.items(members.at(parameters[i])).empty())
      made[parameters[i]] = braced("path", parameters[i]);
    if (is_id && !one.id_member.empty()) made[one.id_member] = braced("path", parameters[i]);
    if (is_id && !one.id_at.empty()) set_pointer(made, one.id_at, braced("path", parameters[i]));
  }
  if (is_composite(one) && with_id) made[kHiddenId] = composite(parameters);
  return made;
}

Json Guesser::given_record(const Resource& one, const ApiOperation& operation, std::vector<std::string>* inside) const {
  const auto found = find_record(schemas_, operation.body, one);
  std::string path = "request";
  // A body with members of the record is the record.
  const bool is_own = !found || found->path.empty() || overlap(operation.body, one.model) > 0;
  for (const std::string& name : is_own ? std::vector<std::string>() : found->path) path += "." + name;
  if (inside != nullptr && !is_own) *inside = found->path;
  return "{{" + path + "}}";
}

std::size_t Guesser::overlap(const std::string& schema, const std::string& other) const {
  const auto left = schemas_.members(schema), right = schemas_.members(other);
  return static_cast<std::size_t>(std::ranges::count_if(left, [&](const auto& member) { return right.contains(member.first); }));
}

}  // namespace understudy
