#include "mock/engine/decode.h"

#include <algorithm>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"

namespace understudy {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

// --- bodies ---------------------------------------------------------------------------------------------------------------
Decoded ready(Json value) { return {.state = Decoded::State::ready, .value = std::move(value)}; }
Decoded unreadable(std::string message) { return {.state = Decoded::State::unreadable, .message = std::move(message)}; }

bool takes(const Operation& operation, std::string_view type) {
  return std::ranges::find(operation.media_types, type) != operation.media_types.end();
}

// A refusal if the body has a Content-Encoding: bodies are never unpacked, so that a small request cannot become large.
std::optional<Decoded> refuse_coding(const Request& request) {
  if (request.body.empty()) return std::nullopt;
  for (const Header& header : request.headers) {
    if (!equals_ignore_case(header.name, "Content-Encoding")) continue;
    for (const std::string_view part : split(header.value, ',')) {
      const std::string_view coding = trim(part);
      if (coding.empty() || equals_ignore_case(coding, "identity")) continue;
      return Decoded{.state = Decoded::State::unreadable,
                     .message = "The request body has the Content-Encoding '" + std::string(coding) + "', which is not supported.",
                     .code = "content-coding"};
    }
  }
  return std::nullopt;
}

// Whether a JSON text is a list of more than `most` elements. Makes no values, so that it costs no memory.
bool has_more_elements(std::string_view text, std::size_t most) {
  if (!trim(text).starts_with('[')) return false;
  std::size_t depth = 0, commas = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (c == '\\' && quoted) ++i;
    if (quoted) continue;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' && depth == 1 && ++commas >= most) return true;
  }
  return false;
}

Decoded decode_body(const Operation& operation, const Request& request) {
  if (!operation.has_body) return {};
  if (auto refused = refuse_coding(request)) return *std::move(refused);
  const auto header = find_header(request.headers, "Content-Type");
  const std::string type = header ? media_type_of(*header) : std::string();
  if (!type.empty() && !operation.media_types.empty() && !takes(operation, type)) {
    return {.state = Decoded::State::media_type,
            .value = Json::object(),
            .message = "The request entity's media type '" + type + "' is not supported for this resource."};
  }
  if (request.body.empty()) return operation.body_required ? unreadable("The request body is empty.") : ready(Json::object());
  if (type == kForm && takes(operation, kForm)) {
    Json object = Json::object();
    for (auto& [name, value] : parse_form(request.body)) object[name] = std::move(value);
    return ready(std::move(object));
  }
  auto parsed = parse_json(request.body);
  if (parsed) return ready(std::move(*parsed));
  const JsonError& error = parsed.error();
  return unreadable("The request body is not valid JSON: line " + std::to_string(error.line) + ", column " + std::to_string(error.column) +
                    ": " + error.message + ".");
}

// The list of calls; a bare call becomes a list of one.
Decoded decode_batch(const Request& request, std::size_t most_calls) {
  if (auto refused = refuse_coding(request)) return *std::move(refused);
  if (has_more_elements(request.body, most_calls)) {
    return {.state = Decoded::State::unreadable,
            .message = "The batch has more than " + std::to_string(most_calls) + " calls.",
            .code = "limit-reached"};
  }
  auto parsed = parse_json(request.body);
  if (!parsed) return unreadable(parsed.error().message);
  if (parsed->is_object()) return ready(Json::array({std::move(*parsed)}));
  if (parsed->is_array() && !parsed->empty()) return ready(std::move(*parsed));
  return unreadable("The body is neither a call nor a list of calls.");
}

// --- queries --------------------------------------------------------------------------------------------------------------
// A query value as its schema's type wants it; nullopt if it cannot be one.
std::optional<Json> read_parameter(const Json& schema, const std::string& text) {
  const Json type = schema.value("type", Json("string"));
  const auto is = [&](std::string_view word) {
    return type == word || (type.is_array() && std::find(type.begin(), type.end(), word) != type.end());
  };
  if (is("integer") || is("number")) {
    auto number = read_number(text);
    if (number && (is("number") || find_number_form(text) == NumberForm::integer)) return number;
    return is("string") ? std::optional<Json>(text) : std::nullopt;
  }
  if (!is("boolean")) return Json(text);
  if (equals_ignore_case(text, "true")) return Json(true);
  if (equals_ignore_case(text, "false")) return Json(false);
  return std::nullopt;
}

// The code names the implicit rule, too.
Finding parameter_finding(const Contract& contract, const Operation& operation, const Parameter& parameter, const std::string& code,
                          std::string expected, std::string actual) {
  Finding finding;
  finding.code = code;
  finding.pointer = join_pointer("", parameter.name);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.rule = implicit_row_id(operation, finding.pointer, code);
  finding.message = word_finding(contract, finding);
  return finding;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (std::string_view part : split(text, ',')) {
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    part = part.substr(0, part.find_last_not_of(' ') + 1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

bool is_named(const Contract& contract, const Parameter& parameter, std::string_view name) {
  const std::string& prefix = contract.query_prefix;
  if (!prefix.empty() && name.size() > prefix.size() && equals_ignore_case(name.substr(0, prefix.size()), prefix))
    name.remove_prefix(prefix.size());
  return contract.paths_ignore_case ? equals_ignore_case(name, parameter.name) : name == parameter.name;
}

BoundQuery bind_query(const Contract& contract, const Operation& operation, std::string_view target) {
  BoundQuery bound;
  const auto in_query = [](const Parameter& parameter) { return parameter.in == Parameter::In::query; };
  if (std::ranges::none_of(operation.parameters, in_query)) return bound;
  const auto pairs = parse_form(query_of(target));
  for (const Parameter& parameter : operation.parameters) {
    if (!in_query(parameter)) continue;
    const Json* schema = parameter.schema.empty() ? nullptr : find_pointer(contract.document, parameter.schema);
    const Json plain = Json::object();
    const Json& value_schema = schema == nullptr ? plain : parameter.many && schema->contains("items") ? schema->at("items") : *schema;
    for (const auto& [name, text] : pairs) {
      if (!is_named(contract, parameter, name)) continue;
      for (const std::string& part : parameter.many ? split_list(text) : std::vector<std::string>{text}) {
        auto value = read_parameter(value_schema, part);
        if (!value) {
          const Json type = value_schema.value("type", Json("string"));
          bound.findings.push_back(parameter_finding(contract, operation, parameter, "type", type.dump(), describe(Json(part))));
        } else if (parameter.many) {
          bound.values[parameter.name].push_back(std::move(*value));
        } else {
          bound.values[parameter.name] = std::move(*value);
        }
      }
    }
    if (parameter.required && !bound.values.contains(parameter.name))
      bound.findings.push_back(parameter_finding(contract, operation, parameter, "required", "a value", "absent"));
  }
  return bound;
}

// --- credentials ------------------------------------------------------------------------------------------------------------
std::string bearer_of(const Headers& headers) {
  const auto value = find_header(headers, "Authorization");
  if (!value || value->size() < 7 || !equals_ignore_case(value->substr(0, 7), "bearer ")) return {};
  return std::string(value->substr(std::min(value->find_first_not_of(' ', 7), value->size())));
}

// `body`: bound, or the list of a batch's calls; null if there is none to read.
PresentedCredential read_credential(const Contract& contract, const Operation* operation, const Request& request, const Json* body) {
  PresentedCredential presented;
  const auto read_login = [&](const Json& object, const std::string& username, const std::string& password) {
    presented.username = text_at(object, username);
    presented.password = text_at(object, password);
  };
  const Credentials& credentials = contract.credentials;
  switch (credentials.kind) {
    case Credentials::Kind::bearer_token:
      presented.token = bearer_of(request.headers);
      if (operation != nullptr && operation->id == credentials.operation && body != nullptr)
        read_login(*body, credentials.username, credentials.password);
      break;
    case Credentials::Kind::api_key:
      if (const auto key = find_header(request.headers, credentials.header)) presented.key = *key;
      if (presented.key.empty() && credentials.bearer) presented.key = bearer_of(request.headers);
      break;
    case Credentials::Kind::in_batch: {
      if (body == nullptr || !contract.batch || contract.batch->credential_position >= body->size()) break;
      const Batch& batch = *contract.batch;
      const Json& call = (*body)[batch.credential_position];
      const Json* arguments = find_pointer(call, batch.member_arguments);
      if (arguments != nullptr && text_at(call, batch.member_operation) == batch.credential_operation)
        read_login(*arguments, batch.credential_username, batch.credential_password);
      break;
    }
    case Credentials::Kind::none: break;
  }
  return presented;
}

}  // namespace

std::string text_at(const Json& value, std::string_view pointer) {
  const Json* found = find_pointer(value, pointer);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

Incoming read_incoming(const Route& route, const Request& request, std::size_t most_calls) {
  Incoming incoming;
  const Json* body = nullptr;
  if (route.is_batch) {
    incoming.decoded = decode_batch(request, most_calls);
    body = &incoming.decoded.value;
  } else if (route.operation != nullptr) {
    incoming.decoded = decode_body(*route.operation, request);
    if (route.operation->binder != nullptr && incoming.decoded.state != Decoded::State::unreadable)
      incoming.bound = route.operation->binder->bind(std::move(incoming.decoded.value));
    body = &incoming.bound.body;
    incoming.query = bind_query(*route.contract, *route.operation, request.target);
  }
  incoming.presented = read_credential(*route.contract, route.operation, request, body);
  return incoming;
}

}  // namespace understudy
