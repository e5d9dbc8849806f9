#include "cli/contracts/export.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

bool has_template(const Json& value) {
  return value.dump().find("{{") != std::string::npos || value.dump().find("\"$") != std::string::npos;
}

// The schema of a media type also accepts what `added` accepts.
void widen(Json& media, const Json& added) {
  Json& schema = media["schema"];
  if (schema.is_null()) schema = added;
  if (schema == added) return;
  if (!schema.contains("anyOf") || schema.size() > 1) schema = {{"anyOf", Json::array({schema})}};
  if (!contains(schema["anyOf"], added)) schema["anyOf"].push_back(added);
}

// The member of `content` for this media type, whatever its parameters.
Json& media_of(Json& content, const std::string& type) {
  for (auto& [name, media] : content.items()) {
    if (name == "*/*" || media_type_of(name) == media_type_of(type)) return media;
  }
  return content[type];
}

class Export {
 public:
  Export(const Contract& contract, const std::vector<DocumentedExample>& examples)
      : contract_(contract), examples_(examples), document_(contract.document) {
    for (const Profile& profile : standard_profiles()) profiles_.emplace_back(profile.base, resolve_profile(profile, contract));
  }

  Json run() {
    document_.erase("x-answers");
    add_credentials();
    for (auto& methods : document_["paths"]) {
      for (auto& [method, one] : methods.items()) {
        if (!one.is_object() || !one.contains("operationId")) continue;
        if (const Operation* operation = contract_.find_operation(one["operationId"].get<std::string>())) add_operation(*operation, one);
        if (contract_.batch && one.contains("x-calls")) add_batch(*contract_.batch, one);
      }
    }
    return std::move(document_);
  }

 private:
  // Schemas of answers.yaml have no place in OpenAPI.
  Json schema_at(const std::string& pointer) const {
    if (pointer.empty()) return Json::object();
    if (pointer.starts_with("/components/")) return {{"$ref", "#" + pointer}};
    return *find_pointer(contract_.document, pointer);
  }

  void add_credentials() {
    Json& schemes = document_["components"]["securitySchemes"];
    if (!schemes.is_null()) return;
    const auto& credentials = contract_.credentials;
    using Kind = Credentials::Kind;
    schemes = Json::object();
    if (credentials.kind == Kind::api_key) schemes["key"] = {{"type", "apiKey"}, {"in", "header"}, {"name", credentials.header}};
    if (credentials.kind == Kind::bearer_token || (credentials.kind == Kind::api_key && credentials.bearer))
      schemes["bearer"] = {{"type", "http"}, {"scheme", "bearer"}};
    if (document_.contains("security")) return;
    Json& security = document_["security"] = Json::array();
    for (const auto& [name, scheme] : schemes.items()) security.push_back({{name, Json::array()}});
  }

  void add_operation(const Operation& operation, Json& described) {
    for (Json& parameter : described["parameters"]) {
      if (!parameter.contains("schema")) parameter["schema"] = {{"type", "string"}};
    }
    if (described["parameters"].is_null()) described.erase("parameters");
    for (const auto& example : examples_) {
      if (example.request == operation.id) add_request(example, operation, described);
    }
    for (const auto& name : operation.answers) {
      if (const auto* answer = contract_.find_response(name)) add_answer(*answer, described["responses"]);
    }
  }

  // As the schema has it: documents show what the API also reads, such as numbers in quotes.
  void add_request(const DocumentedExample& example, const Operation& operation, Json& described) const {
    auto value = parse_json(example.text);
    if (!value || operation.binder == nullptr || !described.contains("requestBody")) return;
    if (operation.call.empty()) *value = operation.binder->bind(*value);
    if (!operation.call.empty()) bind_calls(*value);
    for (auto& media : described["requestBody"]["content"])
      media["examples"][example.request] = {{"summary", example.source}, {"value", *value}};
  }

  void bind_calls(Json& calls) const {
    for (Json& call : calls) {
      const Json* name = find_pointer(call, contract_.batch->member_operation);
      Json* arguments = find_pointer(call, contract_.batch->member_arguments);
      const auto id = name == nullptr ? contract_.batch->calls.end() : contract_.batch->calls.find(as_text(*name));
      if (arguments == nullptr || id == contract_.batch->calls.end()) continue;
      *arguments = contract_.find_operation(id->second)->binder->bind(*arguments);
    }
  }

  // In each profile that gives it another status or body.
  void add_answer(const ResponseDefinition& answer, Json& responses) {
    for (const auto& [profile, switches] : profiles_) {
      const auto& variant = pick_variant(answer, switches);
      Json& response = responses[std::to_string(status_of(variant, switches))];
      if (!response.contains("description")) response["description"] = answer.name;
      for (const auto& [header, value] : variant.headers.items()) {
        if (!response["headers"].contains(header)) response["headers"][header] = {{"schema", {{"type", "string"}}}};
      }
      if (!variant.body && !variant.text) continue;
      Json& media = media_of(response["content"], variant.content_type.empty() ? "application/json" : variant.content_type);
      if (!variant.schema.starts_with("/paths/")) widen(media, schema_at(variant.schema));
      const auto value = example_of(answer.name, variant);
      if (!value) continue;
      Json& examples = media["examples"];
      const bool is_other = examples.contains(answer.name) && examples[answer.name]["value"] != *value;
      examples[is_other ? answer.name + "-" + profile : answer.name] = {{"value", *value}};
    }
  }

  // What the vendor's documents show; else the body itself, where it is the same for each request.
  std::optional<Json> example_of(const std::string& name, const ResponseVariant& variant) const {
    const auto shown = std::ranges::find(examples_, name, &DocumentedExample::answer);
    if (shown != examples_.end()) {
      if (auto value = parse_json(shown->text); value && (variant.schema.empty() || contract_.schemas->accepts(variant.schema, *value)))
        return *std::move(value);
    }
    if (variant.text) return has_template(*variant.text) ? std::nullopt : std::optional<Json>(*variant.text);
    return has_template(*variant.body) ? std::nullopt : variant.body;
  }

  void add_batch(const Batch& batch, Json& described) {
    Json calls = Json::array();
    for (const auto& [call, id] : batch.calls) {
      const Operation* operation = contract_.find_operation(id);
      if (operation == nullptr) continue;
      Json one = {{"title", operation->id}, {"type", "object"}};
      set_pointer(one, "/properties" + batch.member_operation, {{"const", call}});
      set_pointer(one, "/properties" + batch.member_arguments, schema_at(operation->body_schema));
      calls.push_back(std::move(one));
      for (const auto& example : examples_) {
        if (example.request == id) add_request(example, *operation, described);
      }
    }
    for (auto& media : described["requestBody"]["content"])
      media["schema"] = {
          {"allOf",
           {media["schema"], {{"if", {{"type", "array"}}}, {"then", {{"items", {{"anyOf", calls}}}}}, {"else", {{"anyOf", calls}}}}}}};
    for (const auto& name : {batch.not_authorized, batch.bad_arguments, batch.unknown_call, batch.undecodable}) {
      const auto* answer = contract_.find_response(name);
      if (answer != nullptr && answer->scope == Scope::exchange) add_answer(*answer, described["responses"]);
    }
    for (const auto& example : examples_) {
      const auto value = example.answer.empty() ? ParsedJson(tl::unexpected(JsonError{})) : parse_json(example.text);
      if (value) described["responses"]["200"]["content"]["application/json"]["examples"][example.answer] = {{"value", *value}};
    }
    described.erase("x-calls");
  }

  const Contract& contract_;
  const std::vector<DocumentedExample>& examples_;
  Json document_;
  std::vector<std::pair<std::string, Switches>> profiles_;
};

}  // namespace

Json export_openapi(const Contract& contract, const std::vector<DocumentedExample>& examples) { return Export(contract, examples).run(); }

}  // namespace understudy
