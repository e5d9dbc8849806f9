#include "conformance/judge/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/model/router.h"

namespace understudy {
namespace {

constexpr const char* kTenantHeader = "Understudy-Tenant";

// Calls visit(text) for a value, or for each element of a list.
template <class Visit>
void visit_texts(const Json& value, const Visit& visit) {
  if (!value.is_array()) return visit(as_text(value));
  for (const auto& element : value) visit(as_text(element));
}

// The calls of a batch, without a credential.
Json elements_of(const Message& message) {
  Json list = Json::array();
  for (const auto& call : message.calls) list.push_back(call.element);
  return list;
}

// Fills the templates of one step; keeps the first problem.
class Composer {
 public:
  Composer(const Step& step, const MessageContext& context) : step_(step), context_(context) {}

  Result<Message> compose() {
    switch (step_.kind) {
      case Step::Kind::send: compose_operation(); break;
      case Step::Kind::request: compose_plain_request(); break;
      case Step::Kind::calls: compose_calls(); break;
      case Step::Kind::repeat:
      case Step::Kind::advance: break;  // need no composing
    }
    compose_body();
    compose_headers();
    check_framing();
    if (problem_) return tl::unexpected(std::move(*problem_));
    message_.reached = message_.operation;
    if (message_.operation == nullptr && !message_.is_batch)
      message_.reached = context_.routers.of(*message_.contract).find(message_.method, message_.path).operation;
    return std::move(message_);
  }

 private:
  void fail(const std::string& pointer, std::string code, std::string text) {
    if (!problem_) problem_ = context_.file.document.problem(pointer, std::move(code), std::move(text));
  }

  Json fill(const Json& tree, const std::string& pointer) {
    auto filled = context_.variables.render_sent(tree);
    if (filled) return std::move(*filled);
    fail(pointer + filled.error().pointer, "undefined-name", render_undefined(filled.error()));
    return nullptr;
  }

  void compose_operation() {
    message_.operation = context_.contracts.find_operation(step_.operation, context_.file.scenario.api);
    if (message_.operation == nullptr) return fail(step_.pointer, "unknown-operation", "no contract has " + step_.operation);
    message_.contract = context_.contracts.contract_of(*message_.operation);
    message_.method = message_.operation->method;
    message_.path = fill_path(message_.operation->path) + query();
  }

  void compose_plain_request() {
    message_.contract = context_.contracts.find_api(context_.file.scenario.api);
    if (message_.contract == nullptr) return fail("/api", "unknown-api", "no contract is called " + context_.file.scenario.api);
    message_.method = as_text(fill(step_.with.method, step_.with.pointer + "/method"));
    message_.path = as_text(fill(step_.with.path, step_.with.pointer + "/path")) + query();
  }

  void compose_calls() {
    const Operation* first = nullptr;
    for (const auto& call : step_.calls) {
      if (first == nullptr) first = context_.contracts.find_operation(call.operation, context_.file.scenario.api);
    }
    message_.contract = first != nullptr ? context_.contracts.contract_of(*first) : context_.contracts.find_api(context_.file.scenario.api);
    if (message_.contract == nullptr || !message_.contract->batch)
      return fail(step_.pointer, "no-batch", "this API has no calls in a batch");
    message_.is_batch = true;
    message_.method = message_.contract->batch->method;
    message_.path = message_.contract->batch->path + query();
    for (const auto& call : step_.calls) compose_call(call, *message_.contract->batch);
    default_type_ = "application/json";
  }

  void compose_call(const CallStep& call, const Batch& batch) {
    SentCall sent{.step = call, .operation = nullptr, .element = batch.envelope};
    if (!call.operation.empty()) {
      sent.operation = context_.contracts.find_operation(call.operation, context_.file.scenario.api);
      if (sent.operation == nullptr) return fail(call.pointer, "unknown-operation", "no contract has " + call.operation);
    }
    set_pointer(sent.element, batch.member_operation, sent.operation != nullptr ? sent.operation->call : call.method);
    const Json params = fill(call.params, call.pointer + "/with/params");
    if (!call.params.is_null()) set_pointer(sent.element, batch.member_arguments, params);
    set_pointer(sent.element, batch.member_correlation, call.id.is_null() ? Json(1) : fill(call.id, call.pointer + "/id"));
    message_.calls.push_back(std::move(sent));
  }

  std::string fill_path(std::string_view pattern) {
    const auto parameters = fill(step_.with.path_parameters, step_.with.pointer + "/path");
    std::string path;
    for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
      const auto close = pattern.find('}', open);
      const auto name = std::string(pattern.substr(open + 1, close - open - 1));
      path += pattern.substr(0, open);
      pattern.remove_prefix(close + 1);
      const Json* value = find_pointer(parameters, join_pointer("", name));
      if (value == nullptr)
        fail(step_.with.pointer.empty() ? step_.pointer : step_.with.pointer, "path-parameter-missing",
             fmt::format("found no path parameter '{}', expected one in with.path", name));
      else
        path += percent_encode(as_text(*value));
    }
    return path + std::string(pattern);
  }

  std::string query() {
    std::string text;
    const auto filled = fill(step_.with.query, step_.with.pointer + "/query");
    for (const auto& [name, value] : filled.items()) {
      visit_texts(value, [&text, encoded = percent_encode(name)](const std::string& part) {
        text += (text.empty() ? "?" : "&") + encoded + "=" + percent_encode(part);
      });
    }
    return text;
  }

  void compose_body() {
    const auto& with = step_.with;
    switch (with.body_kind) {
      case Sending::Body::none: return;
      case Sending::Body::json:
        message_.json = fill(with.body, with.pointer + "/body");
        message_.body = render_json(*message_.json);
        default_type_ = "application/json";
        return;
      case Sending::Body::form: {
        std::vector<std::pair<std::string, std::string>> pairs;
        const auto filled = fill(with.body, with.pointer + "/form");
        for (const auto& [name, value] : filled.items())
          visit_texts(value, [&pairs, key = name](const std::string& text) { pairs.emplace_back(key, text); });
        message_.body = render_form(pairs);
        default_type_ = "application/x-www-form-urlencoded";
        return;
      }
      case Sending::Body::text: message_.body = as_text(fill(with.body, with.pointer + "/text")); return;
      case Sending::Body::file: {
        const auto found = context_.file.body_files.find(as_text(with.body));
        if (found == context_.file.body_files.end()) {
          return fail(with.pointer + "/body_file", "body-file-missing",
                      fmt::format("found no file '{}' beside the scenario", as_text(with.body)));
        }
        message_.body = found->second;
        if (auto json = parse_json(message_.body)) message_.json = std::move(*json);
        default_type_ = "application/json";
        return;
      }
    }
  }

  // The runner's own headers come first, unless the step sets or removes them.
  void compose_headers() {
    auto& headers = message_.headers;
    const auto& written = step_.with.headers;
    const auto is_written = [&written](std::string_view name) {
      for (const auto& member : written.items())
        if (equals_ignore_case(member.key(), name)) return true;
      return false;
    };
    const auto add_own = [&](const char* name, const std::string& value) {
      if (!is_written(name)) headers.push_back({name, value});
    };
    message_.as_is = is_framed_by_hand(step_.with);
    for (const auto& [name, value] : written.items())
      message_.no_host = message_.no_host || (value.is_null() && equals_ignore_case(name, "Host"));
    add_own("Accept", "application/json");
    add_own("User-Agent", "understudy");
    if (!default_type_.empty()) add_own("Content-Type", default_type_);
    if (message_.as_is && !is_written("Transfer-Encoding") && !message_.body.empty())
      add_own("Content-Length", std::to_string(message_.body.size()));
    const auto filled = fill(written, step_.with.pointer + "/headers");
    for (const auto& [name, value] : filled.items()) {
      if (!value.is_null()) visit_texts(value, [&headers, key = name](const std::string& text) { headers.push_back({key, text}); });
    }
  }

  // A captured value must not turn one request into two.
  void check_framing() {
    const auto broken = find_framing_break(message_.method, message_.path, message_.headers);
    if (!broken) return;
    // Method and path are written in the step only where it is a `request`; otherwise they are the contract's.
    const bool is_written = step_.kind == Step::Kind::request || broken->pointer.starts_with("/headers");
    fail(is_written ? step_.with.pointer + broken->pointer : step_.pointer, "breaks-framing",
         fmt::format("found {}, expected text that keeps the request one request", broken->description));
  }

  const Step& step_;
  const MessageContext& context_;
  Message message_;
  std::string default_type_;
  std::optional<Problem> problem_;
};

// The same bytes again; with `change` the body is changed (in a batch: the list of calls without the credential).
Result<Message> recompose(const Message& earlier, const Step& repeat, const MessageContext& context) {
  const auto problem = [&](const std::string& pointer, std::string code, std::string text) {
    return tl::unexpected(context.file.document.problem(repeat.pointer + "/change" + pointer, std::move(code), std::move(text)));
  };
  Message message = earlier;
  for (auto& call : message.calls) {  // expectations and captures of the earlier step's calls do not apply
    call.step.pointer = repeat.pointer;
    call.step.expect = Expectation();
    call.step.expect.pointer = repeat.expect.written ? repeat.expect.pointer : repeat.pointer;
    call.step.capture.clear();
  }
  if (repeat.change.empty()) return message;
  auto changes = context.variables.render(repeat.change);
  if (!changes) return problem(changes.error().pointer, "undefined-name", render_undefined(changes.error()));
  if (!message.is_batch && !message.json) return problem("", "no-json", "the repeated step sends no JSON that could be changed");
  Json body = message.is_batch ? elements_of(message) : *message.json;
  for (const auto& [pointer, value] : changes->items()) {
    const bool removes = value.is_object() && value.size() == 1 && value.contains("$absent");
    const bool done = removes ? erase_pointer(body, pointer) : set_pointer(body, pointer, value);
    if (!done)
      return problem(join_pointer("", pointer), "no-such-member",
                     fmt::format("found nothing at {} in what the repeated step sends", pointer));
  }
  if (message.is_batch) {
    for (std::size_t i = 0; i < message.calls.size() && i < body.size(); ++i) message.calls[i].element = body[i];
  } else {
    message.body = render_json(body);
    message.json = std::move(body);
  }
  return message;
}

// The body of a batch: its calls, with the credential's call in its position if there is one.
std::string render_calls(const Message& message, const std::optional<Json>& credential) {
  Json list = elements_of(message);
  if (credential) {
    const auto position = std::min(message.contract->batch->credential_position, list.size());
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(position), *credential);
  }
  return render_json(list);
}

}  // namespace

std::vector<std::string> names_in(const Sending& sending) {
  std::vector<std::string> names;
  for (const Json& tree : {Json(sending.path), sending.path_parameters, sending.query, sending.headers, sending.body}) {
    for (auto& [name, pointer] : find_names(tree)) names.push_back(std::move(name));
  }
  return names;
}

bool uses_name(const Step& step, std::string_view name) {
  const auto uses = [name](const Json& tree) {
    return std::ranges::any_of(find_names(tree), [name](const auto& found) { return found.first == name; });
  };
  return std::ranges::any_of(names_in(step.with), [name](const auto& found) { return found == name; }) || uses(step.with.method) ||
         uses(step.change) || uses(step.auth.value) ||
         std::ranges::any_of(step.calls, [&](const CallStep& call) { return uses(call.params); });
}

bool is_framed_by_hand(const Sending& sending) {
  for (const auto& [name, value] : sending.headers.items()) {
    for (const auto* framing : {"Content-Length", "Transfer-Encoding", "Connection", "Expect"}) {
      if (equals_ignore_case(name, framing)) return true;
    }
    if (value.is_null() && equals_ignore_case(name, "Host")) return true;
  }
  return false;
}

Result<Message> compose(const Step& step, const MessageContext& context, const Messages& earlier) {
  if (step.kind != Step::Kind::repeat) return Composer(step, context).compose();
  const auto found = earlier.find(step.repeat_of);
  if (found != earlier.end()) return recompose(found->second, step, context);
  return tl::unexpected(context.file.document.problem(step.pointer + "/repeat", "not-sent", "the step to repeat was not sent"));
}

CredentialForm find_credential_form(const Message& message, const Auth& auth) {
  const auto& contract = *message.contract;
  const auto kind = contract.credentials.kind;
  if (auth.kind == Auth::Kind::none || kind == Credentials::Kind::none) return CredentialForm::none;
  if (auth.kind == Auth::Kind::automatic && message.reached != nullptr && !message.reached->secured) return CredentialForm::none;
  if (kind == Credentials::Kind::in_batch) return message.is_batch ? CredentialForm::batch_call : CredentialForm::none;
  const bool is_written = find_header(message.headers, credential_header(contract, auth.scheme, "").name).has_value();
  return is_written ? CredentialForm::none : CredentialForm::header;
}

Request compose_request(const Message& message, const Auth& auth, const Credential& credential, const Target& target,
                        const std::string& tenant) {
  const auto* base = find_base(target, message.contract->api);
  Request request{.method = message.method,
                  .target = base == nullptr ? message.path : join_target(*base, message.path),
                  .headers = credential.headers,
                  .body = message.is_batch ? render_calls(message, credential.call) : message.body};
  auto& headers = request.headers;
  headers.insert(headers.end(), message.headers.begin(), message.headers.end());
  // A valid credential leads to its tenant; otherwise a header names the tenant.
  const bool is_usual = auth.kind == Auth::Kind::automatic && auth.scheme.empty();
  const bool leads_to_tenant = is_usual && (!credential.headers.empty() || credential.call);
  if (target.can_arrange() && !leads_to_tenant) headers.push_back({kTenantHeader, tenant});
  if (message.as_is && !message.no_host && base != nullptr && !find_header(headers, "Host"))
    headers.insert(headers.begin(), {"Host", render_authority(*base)});
  add_target_headers(target, headers);
  return request;
}

void add_target_headers(const Target& target, Headers& headers) {
  for (const auto& header : target.headers) {
    if (!find_header(headers, header.name)) headers.push_back(header);
  }
}

}  // namespace understudy
