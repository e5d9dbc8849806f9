#include "scenarios/src/write/step.h"

#include <algorithm>
#include <array>
#include <map>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/yaml/write_yaml.h"
#include "scenarios/src/lint/types.h"

namespace understudy {
namespace {

// Headers that clients and runners add by themselves.
constexpr auto kUsualHeaders = std::to_array<std::string_view>({"host",
                                                                "content-length",
                                                                "content-type",
                                                                "accept",
                                                                "user-agent",
                                                                "connection",
                                                                "accept-encoding",
                                                                "transfer-encoding",
                                                                "understudy-tenant",
                                                                "expect",
                                                                "authorization",
                                                                "cookie",
                                                                "accept-language",
                                                                "sec-fetch-dest",
                                                                "sec-fetch-mode",
                                                                "sec-fetch-site",
                                                                "sec-fetch-user",
                                                                "origin",
                                                                "referer",
                                                                "cache-control",
                                                                "pragma",
                                                                "upgrade-insecure-requests",
                                                                "priority"});

Json literal(const Json& value) { return {{"$literal", value}}; }

// Wraps values that scenarios would interpret in $literal: templates, $words, scalars of a type that the contract does not allow.
Json protect(const Json& value, const Contract& contract, const std::string& schema = {}, const std::string& pointer = {}) {
  if (value.is_string()) return protect_text(value.get_ref<const std::string&>());
  if (value.is_object()) {
    if (std::ranges::any_of(value.items(), [](const auto& member) { return member.key().starts_with('$'); })) return literal(value);
    Json out = Json::object();
    for (const auto& [name, member] : value.items()) out[name] = protect(member, contract, schema, join_pointer(pointer, name));
    return out;
  }
  if (value.is_array()) {
    Json out = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i) out.push_back(protect(value[i], contract, schema, join_pointer(pointer, i)));
    return out;
  }
  if (value.is_null() || schema.empty()) return value;
  const auto types = allowed_types(contract.document, schema, pointer);
  return types && !types->contains(is_number(value) ? "number" : "boolean") ? literal(value) : value;
}

Json group(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::map<std::string, Json> by_name;
  for (const auto& [name, value] : pairs) add_grouped(by_name[name], protect_text(value));
  std::vector<std::pair<std::string, Json>> out;
  for (auto& [name, values] : by_name) out.emplace_back(name, std::move(values));
  return object_of(out);
}

bool is_added_by_clients(std::string_view name) {
  const auto small = to_lower(name);
  return contains(kUsualHeaders, std::string_view(small)) || small.starts_with("sec-") || small.starts_with("x-forwarded-");
}

Json headers_of(const Contract& contract, const Request& request) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (const Header& header : request.headers) {
    if (!is_added_by_clients(header.name) && !equals_ignore_case(header.name, contract.credentials.header))
      kept.emplace_back(header.name, header.value);
  }
  return group(kept);
}

Json make_batch(const SeenRequest& seen) {
  const Contract& contract = seen.contract;
  const Batch& batch = *contract.batch;
  Json calls = Json::array();
  const auto body = parse_json(seen.request.body);
  const Json list = !body ? Json::array() : body->is_array() ? *body : Json::array({*body});
  for (const Json& call : list) {
    const Json* arguments = find_pointer(call, batch.member_arguments);
    const Json* id = find_pointer(call, batch.member_correlation);
    const std::string name = text_at(call, batch.member_operation);
    if (name == batch.credential_operation) continue;
    const auto known = batch.calls.find(name);
    const Operation* operation = known == batch.calls.end() ? seen.operation : contract.find_operation(known->second);
    if (operation == nullptr) operation = seen.operation;
    Json step = {{"send", operation->name}};
    if (id != nullptr && !id->is_null()) step["id"] = protect(*id, contract);
    if (arguments != nullptr) step["with"] = {{"params", protect(*arguments, contract, operation->body_schema)}};
    calls.push_back(std::move(step));
  }
  if (calls.empty()) calls.push_back({{"send", seen.operation->name}});
  return {{"calls", std::move(calls)}};
}

// `with` gets query, headers and the body.
void add_message(const SeenRequest& seen, Json& with) {
  const Request& request = seen.request;
  if (Json query = group(parse_form(query_of(request.target))); !query.empty()) with["query"] = std::move(query);
  if (Json headers = headers_of(seen.contract, request); !headers.empty()) with["headers"] = std::move(headers);
  if (request.body.empty() || seen.is_cut || (seen.operation != nullptr && !seen.operation->has_body)) return;
  const auto header = find_header(request.headers, "Content-Type");
  const std::string type = header ? media_type_of(*header) : std::string();
  if (type == "application/x-www-form-urlencoded") {
    with["form"] = group(parse_form(request.body));
  } else if (const auto body = parse_json(request.body)) {
    with["body"] = protect(*body, seen.contract, seen.operation != nullptr ? seen.operation->body_schema : "");
  } else {
    with["text"] = protect_text(request.body);
    if (header) with["headers"]["Content-Type"] = *header;
  }
}

Json path_values(const SeenRequest& seen) {
  Json path = Json::object();
  for (const Parameter& parameter : seen.operation->parameters) {
    if (parameter.in != Parameter::In::path) continue;
    const auto found = seen.path.find(parameter.name);
    path[parameter.name] = protect_text(found == seen.path.end() ? "1" : found->second);
  }
  return path;
}

}  // namespace

Json protect_text(const std::string& text) { return text.find("{{") == std::string::npos ? Json(text) : literal(text); }

Json make_step(const SeenRequest& seen) {
  if (seen.operation == nullptr) {
    Json request = {{"method", seen.request.method}, {"path", protect_text(std::string(path_of(seen.request.target)))}};
    add_message(seen, request);
    return {{"request", std::move(request)}};
  }
  if (!seen.operation->call.empty() && seen.contract.batch) return make_batch(seen);
  Json step = {{"send", seen.operation->name}}, with = Json::object();
  if (Json path = path_values(seen); !path.empty()) with["path"] = std::move(path);
  add_message(seen, with);
  if (!with.empty()) step["with"] = std::move(with);
  return step;
}

std::string render_step(const Json& step) {
  std::string lines;
  const auto write = [&lines](const char* key, const Json& of, std::size_t indent, int spread) {
    if (of.contains(key)) write_yaml(Json{{key, of[key]}}, indent, lines, spread);
  };
  const auto write_block = [&](const char* key, std::initializer_list<const char*> members) {
    if (!step.contains(key)) return;
    lines += "  " + std::string(key) + ":\n";
    for (const char* member : members) write(member, step[key], 4, 1);
  };
  if (step.contains("send")) lines += "  send: " + step["send"].get<std::string>() + "\n";
  write_block("request", {"method", "path", "query", "headers", "form", "body", "text"});
  for (const char* key : {"calls", "with", "auth"}) write(key, step, 2, 2);
  write_block("expect", {"answer", "status", "contract", "body"});
  write("capture", step, 2, 2);
  lines[0] = '-';
  return lines;
}

}  // namespace understudy
