#include "conformance/judge/message.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy {
namespace {

// One step's templates being filled; the first failure is kept.
class Composer {
 public:
  Composer(const Step& step, const MessageContext& context) : step_(step), context_(context) {}

  Result<Message> compose() {
    switch (step_.kind) {
      case Step::Kind::send: compose_operation(); break;
      case Step::Kind::request: compose_request(); break;
      case Step::Kind::calls: compose_calls(); break;
      case Step::Kind::repeat:
      case Step::Kind::advance: break;  // not composed
    }
    if (problem_) return tl::unexpected(std::move(*problem_));
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
    compose_body();
    compose_headers();
  }

  void compose_request() {
    message_.contract = context_.contracts.find_api(context_.file.scenario.api);
    if (message_.contract == nullptr) return fail("/api", "unknown-api", "no contract is called " + context_.file.scenario.api);
    message_.method = as_text(fill(step_.with.method, step_.with.pointer + "/method"));
    message_.path = as_text(fill(step_.with.path, step_.with.pointer + "/path")) + query();
    compose_body();
    compose_headers();
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
    compose_headers();
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
    const auto add = [&text](const std::string& name, const Json& value) {
      text += (text.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(as_text(value));
    };
    const auto filled = fill(step_.with.query, step_.with.pointer + "/query");
    for (const auto& [name, value] : filled.items()) {
      if (!value.is_array())
        add(name, value);
      else
        for (const auto& one : value) add(name, one);
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
        for (const auto& [name, value] : filled.items()) {
          if (!value.is_array())
            pairs.emplace_back(name, as_text(value));
          else
            for (const auto& one : value) pairs.emplace_back(name, as_text(one));
        }
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

  // Ours first, unless the step sets or removes them.
  void compose_headers() {
    const auto& written = step_.with.headers;
    const auto is_written = [&written](std::string_view name) {
      for (const auto& [one, value] : written.items()) {
        if (equals_ignore_case(one, name)) return true;
      }
      return false;
    };
    message_.as_is = is_framed_by_hand(step_.with);
    for (const auto& [name, value] : written.items())
      message_.no_host = message_.no_host || (value.is_null() && equals_ignore_case(name, "Host"));
    if (!is_written("Accept")) message_.headers.push_back({"Accept", "application/json"});
    if (!is_written("User-Agent")) message_.headers.push_back({"User-Agent", "understudy"});
    if (!default_type_.empty() && !is_written("Content-Type")) message_.headers.push_back({"Content-Type", default_type_});
    if (message_.as_is && !is_written("Content-Length") && !is_written("Transfer-Encoding") && !message_.body.empty()) {
      message_.headers.push_back({"Content-Length", std::to_string(message_.body.size())});
    }
    const auto filled = fill(written, step_.with.pointer + "/headers");
    for (const auto& [name, value] : filled.items()) {
      if (value.is_null()) continue;
      if (!value.is_array())
        message_.headers.push_back({name, as_text(value)});
      else
        for (const auto& one : value) message_.headers.push_back({name, as_text(one)});
    }
  }

  const Step& step_;
  const MessageContext& context_;
  Message message_;
  std::string default_type_;
  std::optional<Problem> problem_;
};

}  // namespace

bool is_framed_by_hand(const Sending& sending) {
  for (const auto& [name, value] : sending.headers.items()) {
    for (const auto* framing : {"Content-Length", "Transfer-Encoding", "Connection", "Expect"}) {
      if (equals_ignore_case(name, framing)) return true;
    }
    if (value.is_null() && equals_ignore_case(name, "Host")) return true;
  }
  return false;
}

Result<Message> compose(const Step& step, const MessageContext& context) { return Composer(step, context).compose(); }

Result<Message> recompose(const Message& earlier, const Step& repeat, const MessageContext& context) {
  Message message = earlier;
  for (auto& call : message.calls) {  // what the earlier step expected of its calls and took from them is its own
    call.step.pointer = repeat.pointer;
    call.step.expect = Expectation();
    call.step.expect.pointer = repeat.expect.written ? repeat.expect.pointer : repeat.pointer;
    call.step.capture.clear();
  }
  if (repeat.change.empty()) return message;
  auto changes = context.variables.render(repeat.change);
  if (!changes) {
    return tl::unexpected(context.file.document.problem(repeat.pointer + "/change" + changes.error().pointer, "undefined-name",
                                                        render_undefined(changes.error())));
  }
  Json body = Json::array();
  if (message.is_batch) {
    for (const auto& call : message.calls) body.push_back(call.element);
  } else if (message.json) {
    body = *message.json;
  } else {
    return tl::unexpected(
        context.file.document.problem(repeat.pointer + "/change", "no-json", "the repeated step sends no JSON that could be changed"));
  }
  for (const auto& [pointer, value] : changes->items()) {
    const bool removes = value.is_object() && value.size() == 1 && value.contains("$absent");
    const bool done = removes ? erase_pointer(body, pointer) : set_pointer(body, pointer, value);
    if (!done) {
      return tl::unexpected(context.file.document.problem(join_pointer(repeat.pointer + "/change", pointer), "no-such-member",
                                                          fmt::format("found nothing at {} in what the repeated step sends", pointer)));
    }
  }
  if (message.is_batch) {
    for (std::size_t i = 0; i < message.calls.size() && i < body.size(); ++i) message.calls[i].element = body[i];
  } else {
    message.body = render_json(body);
    message.json = std::move(body);
  }
  return message;
}

std::string render_calls(const Message& message, const std::optional<Json>& credential) {
  Json list = Json::array();
  for (const auto& call : message.calls) list.push_back(call.element);
  if (credential) {
    const auto position = std::min(message.contract->batch->credential_position, list.size());
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(position), *credential);
  }
  return render_json(list);
}

}  // namespace understudy
