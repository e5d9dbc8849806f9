#include <algorithm>

#include "mock/engine/exchange.h"

namespace understudy {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool takes(const Operation& operation, std::string_view type) {
  return std::find(operation.media_types.begin(), operation.media_types.end(), type) != operation.media_types.end();
}

Json form_object(std::string_view body) {
  Json out = Json::object();
  for (auto& [name, value] : parse_form(body)) out[name] = std::move(value);
  return out;
}

std::optional<std::string> bearer_of(const Headers& headers) {
  const auto value = find_header(headers, "Authorization");
  if (!value || value->size() < 7 || !equals_ignore_case(value->substr(0, 7), "bearer ")) return std::nullopt;
  std::string_view token = value->substr(7);
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  return std::string(token);
}

std::string text_at(const Json& value, std::string_view pointer) {
  const Json* found = find_pointer(value, pointer);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Decoded decode_body(const Operation& operation, const Request& request) {
  if (!operation.has_body) return {};
  const auto header = find_header(request.headers, "Content-Type");
  const std::string type = header ? media_type_of(*header) : std::string();
  if (!type.empty() && !operation.media_types.empty() && !takes(operation, type)) {
    Decoded wrong{.state = Decoded::State::media_type, .value = Json::object()};
    wrong.message = "The request entity's media type '" + type + "' is not supported for this resource.";
    return wrong;
  }
  if (request.body.empty()) {
    if (!operation.body_required) return {.state = Decoded::State::ready, .value = Json::object()};
    return {.state = Decoded::State::unreadable, .message = "The request body is empty."};
  }
  if (type == kForm && takes(operation, kForm)) return {.state = Decoded::State::ready, .value = form_object(request.body)};
  auto parsed = parse_json(request.body);
  if (parsed) return {.state = Decoded::State::ready, .value = std::move(*parsed)};
  const JsonError& error = parsed.error();
  return {.state = Decoded::State::unreadable,
          .message = "The request body is not valid JSON: line " + std::to_string(error.line) + ", column " + std::to_string(error.column) +
                     ": " + error.message + "."};
}

Decoded decode_batch(const Request& request) {
  auto parsed = parse_json(request.body);
  if (!parsed) return {.state = Decoded::State::unreadable, .message = parsed.error().message};
  if (parsed->is_object()) return {.state = Decoded::State::ready, .value = Json::array({std::move(*parsed)})};
  if (parsed->is_array() && !parsed->empty()) return {.state = Decoded::State::ready, .value = std::move(*parsed)};
  return {.state = Decoded::State::unreadable, .message = "The body is neither a call nor a list of calls."};
}

Incoming read_incoming(const Route& route, const Request& request) {
  Incoming incoming;
  const Json* body = nullptr;
  if (route.is_batch) {
    incoming.decoded = decode_batch(request);
    body = &incoming.decoded.value;
  } else if (route.operation != nullptr) {
    incoming.decoded = decode_body(*route.operation, request);
    if (route.operation->binder != nullptr && incoming.decoded.state != Decoded::State::unreadable) {
      incoming.bound = route.operation->binder->bind(std::move(incoming.decoded.value));
    }
    body = &incoming.bound.body;
  }
  incoming.presented = read_credentials(*route.contract, route.operation, request, body);
  return incoming;
}

Presented read_credentials(const Contract& contract, const Operation* operation, const Request& request, const Json* body) {
  Presented presented;
  const Credentials& credentials = contract.credentials;
  switch (credentials.kind) {
    case Credentials::Kind::bearer_token:
      presented.token = bearer_of(request.headers).value_or("");
      if (operation != nullptr && operation->id == credentials.operation && body != nullptr) {
        presented.username = text_at(*body, credentials.username);
        presented.password = text_at(*body, credentials.password);
      }
      break;
    case Credentials::Kind::api_key:
      if (const auto key = find_header(request.headers, credentials.header)) presented.key = *key;
      if (presented.key.empty() && credentials.bearer) presented.key = bearer_of(request.headers).value_or("");
      break;
    case Credentials::Kind::in_batch:
      if (body != nullptr && contract.batch) {
        const Batch& batch = *contract.batch;
        if (batch.credential_position < body->size()) {
          const Json& call = (*body)[batch.credential_position];
          const Json* arguments = find_pointer(call, batch.member_arguments);
          if (text_at(call, batch.member_operation) == batch.credential_operation && arguments != nullptr) {
            presented.username = text_at(*arguments, batch.credential_username);
            presented.password = text_at(*arguments, batch.credential_password);
          }
        }
      }
      break;
    case Credentials::Kind::none: break;
  }
  return presented;
}

}  // namespace understudy
