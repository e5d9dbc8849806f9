// What each operation does, and which requests it refuses.
#include "contracts/src/guess/guesser.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::string_view kUnique[] = {"name", "username", "email", "slug", "sku", "code", "handle", "key", "reference", "login"};

}  // namespace

void Guesser::add_operation(const ApiOperation& operation) {
  Json made = {{"success", operation.id + "_" + std::to_string(operation.status)}};
  if (operation.id == token_operation_) {
    made["perform"] = "issue_token";
  } else if (operation.perform.empty()) {
    made["perform"] = "answer";
  } else {
    add_action(operation, resources_[operation.resource], made);
  }
  made["refusals"] = refusals(operation);
  guess_.rules["operations"][operation.id] = std::move(made);
  guess_.answers["answers"][operation.id + "_" + std::to_string(operation.status)] = Json::array({success(operation)});
}

void Guesser::add_action(const ApiOperation& operation, const Resource& one, Json& made) {
  const auto parameters = path_parameters(operation.path);
  if (operation.perform == "clear") return add_clearing(one, parameters, made);
  const bool by_body = operation.perform.ends_with("_by_body");
  const bool replaces = operation.perform.starts_with("replace");
  made["perform"] = replaces || by_body ? "update" : operation.perform;
  made["collection"] = one.name;
  std::vector<std::string> inside;
  const Json given = given_record(one, operation, &inside);
  if (operation.perform == "create") {
    Json members = path_members(one, parameters, false);
    if (operation.body.empty())
      made["record"] = std::move(members);
    else if (!members.empty() || given != "{{request}}")
      made["record"] = {{"$merge", Json::array({given, std::move(members)})}};
    add_rows(operation, one, inside);
  } else if (operation.perform == "list") {
    add_list(operation, one, parameters, made);
    return;
  } else if (by_body) {
    made["id"] = braced("request", one.id_member);
  } else if (is_composite(one) || !one.parents.empty() || !one.id_at.empty()) {
    made["where"] = where(one, parameters);
  } else {
    made["id"] = parameters.empty() ? one.id_param : parameters[std::min(parameters.size() - 1, one.parents.size())];
  }
  if (replaces) made["replace"] = true;
  if (operation.method == "PATCH" && made["perform"] == "update") made["merge"] = true;
  const bool is_open = schemas_.members(find_schema(operation.body, inside)).empty();  // then every member is stored
  if (made["perform"] == "update" && (given != "{{request}}" || is_open) && !operation.body.empty()) made["record"] = given;
  if (const Json change = action_change(schemas_, one.model, operation); operation.perform == "update" && change.is_object())
    made["record"] = operation.body.empty() ? change : Json{{"$merge", Json::array({given, change})}};
  if (made["perform"] == "update") add_rows(operation, one, inside);
  const bool creates = operation.perform == "replace" && one.keying == Keying::by_path;
  const bool is_shown =
      one.exists_always && (operation.perform == "read" || operation.perform == "update" || operation.perform == "replace");
  if (creates || is_shown) made["missing"] = path_members(one, parameters, true);
  if (operation.perform == "create") add_parent_checks(one, parameters, made);
}

void Guesser::add_clearing(const Resource& one, const std::vector<std::string>& parameters, Json& made) {
  made["perform"] = "change";
  add_parent_checks(one, parameters, made);
  Json records = {{"$records", one.name}};
  if (!one.parents.empty()) records["where"] = where(one, parameters);
  const bool is_inside = !one.id_at.empty() && !is_composite(one);
  const std::string member = is_inside ? one.id_at : id_member(one);
  std::string name = member.substr(is_inside ? 1 : 0);
  if (is_inside) std::ranges::replace(name, '/', '.');
  made["changes"].push_back({{"each", std::move(records)},
                             {"as", "one"},
                             {"in", one.name},
                             {"where", {{member, is_inside ? "{{one." + name + "}}" : braced("one", name)}}},
                             {"remove", true}});
}

void Guesser::add_parent_checks(const Resource& one, const std::vector<std::string>& parameters, Json& made) {
  if (one.parents.empty() || parameters.empty()) return;
  const auto end = one.key.rfind("/{}");
  const std::string parent_key = end == std::string::npos ? std::string() : one.key.substr(0, end);
  for (const Resource& parent : resources_) {
    if (parent.key != parent_key || !parent.has_own_creator || parent.id_param.empty() || parent.parents.size() + 1 != one.parents.size())
      continue;
    made["changes"] = Json::array({{{"in", parent.name}, {"where", where(parent, parameters)}, {"missing", refusal(404, nullptr)}}});
  }
}

void Guesser::add_rows(const ApiOperation& operation, const Resource& one, const std::vector<std::string>& inside) {
  std::string at;
  for (const std::string& name : inside) at = join_pointer(at, name);
  Json rows = Json::array();
  for (const auto& [name, schema] : schemas_.members(find_schema(operation.body, inside))) {
    if (is_read_only(schema)) rows.push_back({{"id", "read-only-" + name}, {"at", join_pointer(at, name)}, {"ignored", true}});
  }
  if (operation.perform == "create" && operation.node->at("responses").contains("409")) {
    const auto given = schemas_.members(find_schema(operation.body, inside));
    for (const auto& [name, schema] : given) {
      const bool is_key = name == one.id_member || contains(kUnique, plain_word(name));
      if (!is_key || is_read_only(schema) || !schemas_.is(schema, "string") || !schemas_.members(one.model).contains(name)) continue;
      rows.push_back({{"id", "unique-" + name},
                      {"at", join_pointer(at, name)},
                      {"refuse", refusal(409, operation.node)},
                      {"unique_in", {{"collection", one.name}, {"keys", {join_pointer(at, name)}}, {"same", {join_pointer("", name)}}}}});
    }
  }
  if (!rows.empty()) guess_.rules["rows"][operation.id] = std::move(rows);
}

std::string Guesser::find_schema(std::string schema, const std::vector<std::string>& inside) const {
  for (const std::string& name : inside) {
    const auto members = schemas_.members(schema);
    const auto found = members.find(name);
    if (found == members.end()) return {};
    schema = found->second;
  }
  return schema;
}

}  // namespace understudy
