#include "mock/engine/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"
#include "mock/engine/form.h"

namespace understudy {
namespace {

constexpr std::string_view kJson = "application/json";

// --- bodies ---------------------------------------------------------------------------------------------------------------
Decoded ready(Json value) { return {.state = Decoded::State::ready, .value = std::move(value)}; }
Decoded unreadable(std::string message) { return {.state = Decoded::State::unreadable, .message = std::move(message)}; }

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

Decoded decode_body(const Contract& contract, const Operation& operation, const Request& request) {
  if (!operation.has_body) return {};
  if (auto refused = refuse_coding(request)) return *std::move(refused);
  const auto header = find_header(request.headers, "Content-Type");
  const bool is_json = header && equals_ignore_case(*header, kJson) && contains(operation.media_types, kJson);  // as most requests say
  const std::string type = header && !is_json ? media_type_of(*header) : std::string();
  if (!type.empty() && !operation.media_types.empty() && !contains(operation.media_types, type) && !operation.any_media_type) {
    return {.state = Decoded::State::media_type,
            .value = Json::object(),
            .message = "The request entity's media type '" + type + "' is not supported for this resource."};
  }
  if (request.body.empty()) return operation.body_required ? unreadable("The request body is empty.") : ready(Json::object());
  if ((type == kFormType || type == kMultipartType) && contains(operation.media_types, type))
    return ready(read_form(contract, operation, *header, request.body));
  // Bytes are kept as a text.
  const bool is_raw = !type.empty() && type != "application/json" && !type.ends_with("+json") && type != "text/json" &&
                      contains(operation.media_types, type);
  if (is_raw) return ready(is_valid_utf8(request.body) ? Json(request.body) : Json(encode_base64(request.body)));
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

// --- parameters --------------------------------------------------------------------------------------------------------------
// A parameter as its schema's type wants it; nullopt if it cannot be one.
std::optional<Json> read_parameter(const Json& schema, std::string_view text) {
  const auto type = schema.find("type");
  const auto is = [&](std::string_view word) { return type == schema.end() ? word == "string" : has_type(&schema, word); };
  if (is("integer") || is("number")) {
    auto number = read_number(text);
    if (number && (is("number") || find_number_form(text) == NumberForm::integer)) return number;
    return is("string") ? std::optional(Json(text)) : std::nullopt;
  }
  if (!is("boolean")) return Json(text);
  if (equals_ignore_case(text, "true")) return Json(true);
  if (equals_ignore_case(text, "false")) return Json(false);
  return std::nullopt;
}

std::string_view trim_spaces(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

using Texts = boost::container::small_vector<std::string_view, 4>;

// The values that the request has for the parameter. They refer to the arguments.
Texts parameter_texts(const Contract& contract, const Parameter& parameter, const Route& route, const Request& request,
                      const std::vector<std::pair<std::string, std::string>>& pairs) {
  Texts texts;
  if (parameter.in == Parameter::In::path) {
    if (const auto found = route.path.find(parameter.name); found != route.path.end()) texts.push_back(found->second);
  } else if (parameter.in == Parameter::In::header) {
    if (const auto value = find_header(request.headers, parameter.name)) texts.push_back(*value);
  } else {
    for (const auto& [name, text] : pairs) {
      if (contract.is_parameter_name(parameter, name) && !(text.empty() && contract.binding.empty_parameter_is_absent))
        texts.push_back(text);
    }
  }
  return texts;
}

// The value as the schema's type wants it, else as text. The last one counts where one is meant.
Json read_values(const Contract& contract, const Parameter& parameter, const Texts& texts) {
  const Json* schema =
      parameter.schema.empty() ? nullptr : follow_refs(contract.document, find_pointer(contract.document, parameter.schema));
  if (schema != nullptr && parameter.many && schema->is_object() && schema->contains("items"))
    schema = follow_refs(contract.document, &schema->at("items"));
  const auto read = [&](std::string_view text) {
    auto value = schema == nullptr || !schema->is_object() ? std::nullopt : read_parameter(*schema, text);
    return value ? *std::move(value) : Json(text);
  };
  if (!parameter.many) return read(texts.back());
  Json list = Json::array();
  for (const std::string_view text : texts) {
    for (const std::string_view part : split(text, ',')) {
      if (const auto trimmed = trim_spaces(part); !trimmed.empty()) list.push_back(read(trimmed));
    }
  }
  return list;
}

// Makes the value one that the schema accepts, if another reading of it is: as the contract's `binding` reads bodies, or as JSON.
bool accept_value(const Contract& contract, const Parameter& parameter, Json& value) {
  if (contract.schemas->accepts(parameter.schema, value)) return true;
  Json bound = Binder(contract.document, parameter.schema, contract.binding).bind(value);
  const auto untyped = value.is_string() ? parse_json(value.get_ref<const std::string&>()) : tl::unexpected(JsonError{});
  if (!contract.schemas->accepts(parameter.schema, bound)) {
    if (!untyped || !contract.schemas->accepts(parameter.schema, *untyped)) return false;
    bound = *untyped;
  }
  value = std::move(bound);
  return true;
}

void add_parameter_finding(const Contract& contract, const Operation& operation, const Parameter& parameter, Finding finding,
                           Findings& findings) {
  constexpr std::array<std::string_view, 3> kPlaces = {"path", "query", "header"};
  finding.pointer = join_pointer("", parameter.name);
  finding.rule = implicit_row_id(operation, finding.pointer, finding.code);
  const Fact fact = contract.find_fact(finding.schema_pointer).value_or(operation.fact);
  finding.source = fact.source;
  finding.evidence = fact.evidence;
  finding.message = fmt::format("{} parameter {} is {}, expected {}", kPlaces[static_cast<std::size_t>(parameter.in)], parameter.name,
                                finding.actual, finding.expected);
  finding.message = word_finding(contract, finding);
  findings.push_back(std::move(finding));
}

// Headers that describe the body or carry a credential are no parameters (OpenAPI 3.1, parameter object).
bool is_parameter(const Contract& contract, const Parameter& parameter) {
  return parameter.in != Parameter::In::header ||
         std::ranges::none_of(
             std::initializer_list<std::string_view>{"Accept", "Content-Type", "Authorization", contract.credentials.header},
             [&](std::string_view name) { return equals_ignore_case(name, parameter.name); });
}

// The names in a query that have no effect, each once.
std::vector<std::string> find_ignored(const Contract& contract, const Operation& operation,
                                      const std::vector<std::pair<std::string, std::string>>& pairs) {
  constexpr std::size_t kMost = 50;
  std::vector<std::string> ignored;
  for (const auto& [name, text] : pairs) {
    const auto known = std::ranges::find_if(operation.parameters, [&written = name, &contract](const Parameter& one) {
      return one.in == Parameter::In::query && contract.is_parameter_name(one, written);
    });
    if (known != operation.parameters.end() && !contains(operation.ignored, known->name)) continue;
    const std::string& shown = known == operation.parameters.end() ? name : known->name;
    if (!contains(ignored, shown) && ignored.size() < kMost) ignored.push_back(shown);
  }
  return ignored;
}

void bind_parameters(const Contract& contract, const Operation& operation, const Route& route, const Request& request,
                     BoundParameters& bound) {
  const auto query = query_of(request.target);
  if (operation.parameters.empty() && query.empty()) return;
  const auto pairs = parse_form(query);
  bound.ignored = find_ignored(contract, operation, pairs);
  for (const Parameter& parameter : operation.parameters) {
    if (!is_parameter(contract, parameter)) continue;
    const auto texts = parameter_texts(contract, parameter, route, request, pairs);
    if (texts.empty()) {
      if (parameter.required)
        add_parameter_finding(contract, operation, parameter, {.code = "required", .expected = "a value", .actual = "absent"},
                              bound.findings);
      continue;
    }
    Json value = read_values(contract, parameter, texts);
    if (!parameter.schema.empty() && !accept_value(contract, parameter, value)) {
      for (Finding& finding : contract.schemas->check(parameter.schema, value))
        add_parameter_finding(contract, operation, parameter, std::move(finding), bound.findings);
    } else if (parameter.in == Parameter::In::query) {
      bound.query[parameter.name] = std::move(value);
    }
  }
}

// --- credentials ------------------------------------------------------------------------------------------------------------
std::string_view bearer_of(const Headers& headers) {
  const auto value = find_header(headers, "Authorization");
  if (!value || value->size() < 7 || !equals_ignore_case(value->substr(0, 7), "bearer ")) return {};
  return value->substr(std::min(value->find_first_not_of(' ', 7), value->size()));
}

// The value of Authorization without its scheme; of Basic the user.
std::string key_of_authorization(std::string_view value, const Credentials& credentials) {
  const auto blank = value.find(' ');
  const std::string_view scheme = value.substr(0, blank == std::string_view::npos ? 0 : blank), rest = trim(value.substr(scheme.size()));
  if (equals_ignore_case(scheme, "basic") && credentials.basic) {
    const auto user = decode_base64(rest);
    return user ? user->substr(0, user->find(':')) : std::string();
  }
  const bool is_bearer = equals_ignore_case(scheme, "bearer") && credentials.bearer;
  if (is_bearer) return std::string(rest);
  // A contract that names Authorization as the header of its key takes any scheme, or none.
  return equals_ignore_case(credentials.header, "Authorization") ? std::string(rest) : std::string();
}

// The key of an API with keys, from the first place that has one.
std::string read_key(const Credentials& credentials, const Request& request) {
  const auto read_header = [&](const std::string& header) {
    return header.empty() ? std::string_view() : find_header(request.headers, header).value_or("");
  };
  for (const std::string& header : credentials.headers) {
    if (const auto key = read_header(header); !key.empty()) return std::string(key);
  }
  if (!equals_ignore_case(credentials.header, "Authorization")) {
    if (const auto key = read_header(credentials.header); !key.empty()) return std::string(key);
  }
  if (const auto value = find_header(request.headers, "Authorization")) {
    if (std::string key = key_of_authorization(*value, credentials); !key.empty()) return key;
  }
  for (const auto& [name, value] : credentials.query.empty() ? decltype(parse_form(""))() : parse_form(query_of(request.target))) {
    if (contains(credentials.query, name) && !value.empty()) return value;
  }
  if (const auto cookies = credentials.cookies.empty() ? std::nullopt : find_header(request.headers, "Cookie")) {
    for (const std::string_view part : split(*cookies, ';')) {
      const std::string_view cookie = trim(part);
      const auto equals = std::min(cookie.find('='), cookie.size());
      if (contains(credentials.cookies, cookie.substr(0, equals)) && equals + 1 < cookie.size())
        return std::string(cookie.substr(equals + 1));
    }
  }
  return {};
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
      presented.key = read_key(credentials, request);
      if (operation != nullptr && operation->id == credentials.operation && body != nullptr)
        read_login(*body, credentials.username, credentials.password);
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

Incoming read_incoming(const Route& route, const Request& request, std::size_t most_calls) {
  Incoming incoming;
  const Json* body = nullptr;
  if (route.is_batch) {
    incoming.decoded = decode_batch(request, most_calls);
    body = &incoming.decoded.value;
  } else if (route.operation != nullptr) {
    incoming.decoded = decode_body(*route.contract, *route.operation, request);
    if (route.operation->binder != nullptr && incoming.decoded.state != Decoded::State::unreadable)
      incoming.body = route.operation->binder->bind(std::move(incoming.decoded.value));
    body = &incoming.body;
    bind_parameters(*route.contract, *route.operation, route, request, incoming.parameters);
  }
  incoming.presented = read_credential(*route.contract, route.operation, request, body);
  if (route.operation != nullptr && route.operation->has_body && incoming.decoded.state != Decoded::State::unreadable)
    incoming.shape = check_shape(*route.contract, *route.operation, incoming.body);
  return incoming;
}

}  // namespace understudy
