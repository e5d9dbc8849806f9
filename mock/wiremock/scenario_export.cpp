#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "mock/engine/decode.h"
#include "mock/wiremock/near_miss.h"
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

bool is_plain_key(std::string_view key) {
  const auto letter = [](char c) { return is_letter(c) || c == '_'; };
  if (key.empty() || !letter(key.front())) return false;
  if (equals_ignore_case(key, "true") || equals_ignore_case(key, "false") || equals_ignore_case(key, "null")) return false;
  return std::ranges::all_of(key, [&](char c) { return letter(c) || is_digit(c); });
}

std::string render_key(const std::string& key) { return is_plain_key(key) ? key : render_json(Json(key)); }

// Block style for objects and lists that are not empty, JSON for the rest: every string is quoted, so YAML cannot change its type.
void write_yaml(const Json& value, std::size_t indent, std::string& out, int spread = 2) {
  const std::string margin(indent, ' ');
  for (const auto& [key, member] : value.items()) {
    const std::string lead = value.is_array() ? "-" : render_key(key) + ":";
    out += margin + lead;
    if (member.is_structured() && !member.empty() && (spread > 0 || render_json(member).size() > 80)) {
      out += "\n";
      write_yaml(member, indent + 2, out, spread - 1);
    } else {
      out += " " + render_json(member) + "\n";
    }
  }
}

Json literal(const Json& value) { return {{"$literal", value}}; }

Json protect_text(const std::string& text) { return text.find("{{") == std::string::npos ? Json(text) : literal(text); }

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
  Json out = Json::object();
  for (const auto& [name, value] : pairs) add_grouped(out[name], protect_text(value));
  return out;
}

Json headers_of(const NearMiss& miss, const Request& request) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (const Header& header : request.headers) {
    if (std::ranges::find(kUsualHeaders, std::string_view(to_lower(header.name))) != kUsualHeaders.end()) continue;
    if (equals_ignore_case(header.name, miss.contract->credentials.header)) continue;
    kept.emplace_back(header.name, header.value);
  }
  return group(kept);
}

Json step_of_batch(const NearMiss& miss, const Request& request) {
  const Batch& batch = *miss.contract->batch;
  Json calls = Json::array();
  const auto body = parse_json(request.body);
  const Json list = !body ? Json::array() : body->is_array() ? *body : Json::array({*body});
  for (const Json& call : list) {
    const Json* arguments = find_pointer(call, batch.member_arguments);
    const Json* id = find_pointer(call, batch.member_correlation);
    const std::string name = text_at(call, batch.member_operation);
    if (name == batch.credential_operation) continue;
    const auto known = batch.calls.find(name);
    const Operation* operation = known == batch.calls.end() ? miss.operation : miss.contract->find_operation(known->second);
    if (operation == nullptr) operation = miss.operation;
    Json step = {{"send", operation->name}};
    if (id != nullptr && !id->is_null()) step["id"] = protect(*id, *miss.contract);
    if (arguments != nullptr) step["with"] = {{"params", protect(*arguments, *miss.contract, operation->body_schema)}};
    calls.push_back(std::move(step));
  }
  if (calls.empty()) calls.push_back({{"send", miss.operation->name}});
  return {{"calls", std::move(calls)}};
}

Json with_of(const NearMiss& miss, const JournalEntry& entry) {
  const Request& request = entry.request;
  Json with = Json::object();
  Json path = Json::object();
  for (const Parameter& parameter : miss.operation->parameters) {
    if (parameter.in != Parameter::In::path) continue;
    const auto found = miss.path.find(parameter.name);
    path[parameter.name] = protect_text(found == miss.path.end() ? "1" : found->second);
  }
  if (!path.empty()) with["path"] = std::move(path);
  if (Json query = group(parse_form(query_of(request.target))); !query.empty()) with["query"] = std::move(query);
  if (Json headers = headers_of(miss, request); !headers.empty()) with["headers"] = std::move(headers);
  if (request.body.empty() || entry.request_cut > 0 || !miss.operation->has_body) return with;
  const auto header = find_header(request.headers, "Content-Type");
  const std::string type = header ? media_type_of(*header) : std::string();
  if (type == "application/x-www-form-urlencoded") {
    with["form"] = group(parse_form(request.body));
  } else if (const auto body = parse_json(request.body)) {
    with["body"] = protect(*body, *miss.contract, miss.operation->body_schema);
  } else {
    with["text"] = protect_text(request.body);
    if (header) with["headers"]["Content-Type"] = *header;
  }
  return with;
}

}  // namespace

std::string render_step(const NearMiss& miss, const JournalEntry& entry) {
  Json step;
  if (!miss.operation->call.empty() && miss.contract->batch) {
    step = step_of_batch(miss, entry.request);
  } else {
    step = {{"send", miss.operation->name}};
    if (Json with = with_of(miss, entry); !with.empty()) step["with"] = std::move(with);
  }
  std::string out;
  if (entry.request_cut > 0)
    out += "# the body is left out: it was " + std::to_string(entry.request_cut) + " bytes longer than the journal keeps\n";
  std::string lines;
  // `send` comes first: it names the operation.
  if (step.contains("send")) lines += "  send: " + step["send"].get<std::string>() + "\n";
  step.erase("send");
  write_yaml(step, 2, lines);
  lines[0] = '-';
  return out + lines;
}

}  // namespace understudy
