#include "scenarios/src/write/recorded.h"

#include <algorithm>

#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/router.h"
#include "contracts/src/redact/mask.h"
#include "contracts/src/yaml/write_yaml.h"
#include "scenarios/src/write/expected.h"
#include "scenarios/src/write/known_values.h"
#include "scenarios/src/write/step.h"
#include "scenarios/src/write/values.h"

namespace understudy {
namespace {

// Of web pages, which no scenario is about.
bool is_page_part(std::string_view media_type) {
  constexpr std::string_view kTypes[] = {
      "text/html", "text/css", "text/javascript", "application/javascript", "application/x-javascript", "application/wasm"};
  return contains(kTypes, media_type) || media_type.starts_with("image/") || media_type.starts_with("font/") ||
         media_type.starts_with("video/") || media_type.starts_with("audio/");
}

// "ticket" of /desks/5/tickets/7.
std::string thing_of(std::string_view path) {
  std::string thing;
  for (const auto segment : path_segments(path)) {
    const bool is_name = !segment.empty() && std::ranges::all_of(segment, [](char c) { return is_letter(c) || c == '_' || c == '-'; });
    if (is_name) thing = snake_name(segment);
  }
  if (thing.ends_with("ies")) return thing.substr(0, thing.size() - 3) + "y";
  return thing.ends_with("s") && !thing.ends_with("ss") ? thing.substr(0, thing.size() - 1) : thing;
}

class Writer {
 public:
  Writer(const Contract& contract, const std::vector<Exchange>& exchanges)
      : contract_(contract), exchanges_(exchanges), switches_(resolve_profile({}, contract)), known_(steps_) {
    const auto shared = std::shared_ptr<const Contract>(&contract, [](const Contract*) {});
    contracts_.apis.push_back(shared);
    router_.emplace(contracts_, contract.api);
  }

  RecordedScenario write(const std::string& title) {
    for (const Exchange& exchange : exchanges_) find_unique_values(exchange);
    for (const Exchange& exchange : exchanges_) {
      const auto reason = why_left_out(exchange);
      if (reason.empty())
        add_step(exchange);
      else
        ++out_.left_out[reason];
    }
    out_.steps = steps_.size();
    if (!steps_.empty()) out_.text = render(title);
    return std::move(out_);
  }

 private:
  Route route_of(const Exchange& exchange) const { return router_->find(exchange.request.method, exchange.request.target); }

  std::string why_left_out(const Exchange& exchange) const {
    const auto& [request, response] = std::tie(exchange.request, exchange.response);
    const auto type = media_type_of(find_header(response.headers, "Content-Type").value_or(""));
    const auto* operation = route_of(exchange).operation;
    if (response.status == 0) return "no response came";
    if (exchange.request_cut > 0) return "the request is not complete in the file";
    if (request.method == "CONNECT" || find_header(request.headers, "Access-Control-Request-Method"))
      return "only browsers and proxies send it";
    if (response.status == 304) return "answered from a cache (304)";
    if (response.status == 429 || response.status >= 502) return "the server was overloaded (429, 502 and above)";
    if (operation == nullptr && is_page_part(type)) return "a part of a web page";
    if (!is_valid_utf8(request.body)) return "a binary body";
    if (operation != nullptr && operation->perform == Perform::issue_token && response.status < 300)
      return "a login, which the runner does itself";
    return {};
  }

  void find_unique_values(const Exchange& exchange) {
    const Request& request = exchange.request;
    const int status = exchange.response.status;
    if ((request.method != "POST" && request.method != "PUT") || status < 200 || status >= 300 || !why_left_out(exchange).empty()) return;
    const auto body = parse_json(request.body);
    if (!body) return;
    visit_leaves(*body, [this](const std::string&, const std::string& name, const Json& leaf) {
      if (leaf.is_string() && is_unique_name(name)) known_.add_unique(name, leaf.get<std::string>());
    });
  }

  void add_step(const Exchange& exchange) {
    Route route = route_of(exchange);
    const auto in_batch = std::ranges::find_if(contract_.operations, [](const Operation& one) { return !one.call.empty(); });
    if (route.is_batch && in_batch != contract_.operations.end()) route.operation = &*in_batch;
    operation_ = route.operation;
    Json step = make_step({.contract = contract_, .operation = operation_, .path = route.path, .request = exchange.request});
    uses_known_ = false;
    name_values(step, exchange);
    add_credential(step, exchange);
    step["expect"] = expect(exchange, route.is_batch);
    if (step["expect"].empty()) step.erase("expect");
    steps_.push_back(std::move(step));
    if (operation_ == nullptr) ++out_.raw;
    if (const auto body = parse_json(exchange.response.body); body && !route.is_batch)
      known_.add_response(steps_.size() - 1, *body, thing_of(path_of(exchange.request.target)));
  }

  // Puts names in the place of known values, and remembers the others as the client's.
  void name_values(Json& step, const Exchange& exchange) {
    if (step.contains("calls")) return name_leaves(step["calls"], "", false, exchange);
    Json& sent = step.contains("request") ? step["request"] : step["with"];
    if (sent.is_null()) return void(step.erase("with"));
    if (step.contains("request")) {
      sent["path"] =
          name_segments(sent["path"].is_string() ? sent["path"].get<std::string>() : std::string(path_of(exchange.request.target)));
    } else if (sent.contains("path")) {
      for (auto& value : sent["path"]) name_leaves(value, "", true, exchange);
    }
    for (const char* part : {"query", "headers", "form"})
      if (sent.contains(part)) name_leaves(sent[part], "", true, exchange);
    if (sent.contains("body")) name_leaves(sent["body"], "", false, exchange);
  }

  std::string name_segments(const std::string& path) {
    std::string out;
    for (const auto segment : path_segments(path)) {
      const auto text = percent_decode(segment);
      const auto known = known_.find("", text, true);
      uses_known_ = uses_known_ || known;
      if (!known) known_.add_sent("", text);
      out += "/" + known.value_or(std::string(segment));
    }
    return out.empty() ? "/" : out;
  }

  void name_leaves(Json& value, const std::string& name, bool as_text, const Exchange& exchange) {
    if (value.is_object() && value.contains("$literal")) return;
    if (value.is_structured()) {
      for (auto& [key, member] : value.items()) name_leaves(member, value.is_object() ? key : name, as_text, exchange);
      return;
    }
    if (value.is_string() && name_secret(value, name, exchange)) return;
    if (const auto known = known_.find(name, value, as_text)) {
      value = *known;
      uses_known_ = true;
    } else if (!value.is_null() && !value.is_boolean()) {
      known_.add_sent(name, value);
    }
  }

  // A password or token of the recording is not written into the scenario.
  bool name_secret(Json& value, const std::string& name, const Exchange& exchange) {
    const auto text = value.get<std::string>();
    if (text != kMask && !is_secret_name(name) && !is_secret_header(name)) return false;
    const auto token =
        text == kMask && snake_name(name).find("token") != std::string::npos ? known_.find_masked_token() : known_.find(name, value);
    if (token) {
      value = *token;
    } else if (exchange.response.status >= 400) {
      value = "wrong-{{run.id}}";
    } else {
      const auto snake = snake_name(name);
      value = snake.find("pass") != std::string::npos || snake.find("secret") != std::string::npos ? "{{password}}" : "{{api_key}}";
      out_.credentials.insert(name + " is " + value.get<std::string>());
    }
    return true;
  }

  // The runner's own credential, none, or a wrong one. An API without credentials in its contract gets its headers.
  void add_credential(Json& step, const Exchange& exchange) {
    const auto& credentials = contract_.credentials;
    const int status = exchange.response.status;
    if (credentials.kind == Credentials::Kind::none) return add_credential_headers(step, exchange);
    if (credentials.kind == Credentials::Kind::in_batch) return;
    const bool is_secured = operation_ == nullptr || operation_->secured;
    const auto has = [&](std::string_view name) { return !name.empty() && find_header(exchange.request.headers, name).has_value(); };
    if (!has(credentials.header) && !has("Authorization")) {
      if (is_secured) step["auth"] = "none";
    } else if (status == 401) {
      step["auth"] = "garbage";
    }
  }

  void add_credential_headers(Json& step, const Exchange& exchange) {
    for (const Header& header : exchange.request.headers) {
      if (equals_ignore_case(header.name, "Cookie")) out_.credentials.insert("cookies are left out");
      if (!equals_ignore_case(header.name, "Authorization")) continue;  // name_secret() has seen the others
      const auto blank = header.value.find(' ');
      const auto scheme = blank == std::string::npos ? "" : header.value.substr(0, blank + 1);
      const auto token = header.value.substr(scheme.size());
      const bool is_refused = exchange.response.status == 401;
      const auto known = token != kMask ? known_.find("token", token) : is_refused ? std::nullopt : known_.find_masked_token();
      std::string value = scheme + known.value_or(is_refused ? "garbage" : "{{api_key}}");
      if (value.ends_with("{{api_key}}")) out_.credentials.insert("header Authorization is " + value);
      step[step.contains("request") ? "request" : "with"]["headers"]["Authorization"] = std::move(value);
    }
  }

  Json expect(const Exchange& exchange, bool is_batch) {
    const Response& response = exchange.response;
    Json out = Json::object();
    const bool is_whole = exchange.response_cut == 0;
    const auto* answer = is_whole ? find_answer(response) : nullptr;
    if (is_batch && response.status == 200) return out;  // the contract says what each call may answer
    if (answer != nullptr)
      out["answer"] = answer->name;
    else
      out = {{"status", response.status}, {"contract", "unchecked"}};
    if (is_batch || !is_whole || exchange.request.method == "HEAD") return out;
    const auto body = parse_json(response.body);
    const bool is_read = exchange.request.method == "GET" || (operation_ != nullptr && operation_->perform == Perform::list);
    if (body) out["body"] = make_expected_body({.body = *body, .is_view = is_read && !uses_known_}, known_);
    if (answer != nullptr && out.contains("body")) keep_what_is_known(out["body"], *answer, "");
    if (out.contains("body") && out["body"].empty()) out.erase("body");
    return out;
  }

  // Another correct server need not have members that the contract's answer does not declare, nor the same words in a refusal.
  void keep_what_is_known(Json& body, const ResponseDefinition& answer, const std::string& pointer) const {
    const auto& variant = pick_variant(answer, switches_);
    if (body.is_object()) {
      for (auto member = body.begin(); member != body.end();) {
        const auto below = join_pointer(pointer, member.key());
        const bool is_declared =
            member.key().starts_with('$') || variant.schema.empty() || declares_member(contract_.document, variant.schema, below);
        if (is_declared) keep_what_is_known(*member, answer, below);
        member = is_declared ? std::next(member) : body.erase(member);
      }
    } else if (body.is_string() && !answer.success && variant.fact_of("value " + pointer).evidence == Evidence::assumed) {
      body = {{"$type", "string"}};
    }
  }

  // The contract's answer that the response is, as far as it is documented; null: none.
  const ResponseDefinition* find_answer(const Response& response) const {
    if (operation_ == nullptr || !operation_->call.empty()) return nullptr;
    const auto judgement = check_response(contract_, *operation_, switches_, response, nullptr, Evidence::documented);
    return contradicts(judgement.findings, Evidence::documented) ? nullptr : judgement.answer;
  }

  std::string render(const std::string& title) const {
    std::string text = "understudy: 1\n";
    write_yaml({{"scenario", title}}, 0, text);
    text += "api: " + contract_.api + "\n";
    if (!known_.variables().empty()) write_yaml({{"given", {{"variables", known_.variables()}}}}, 0, text, 3);
    text += "steps:\n";
    for (const Json& step : steps_) {
      std::string lines = render_step(step);
      for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) lines.insert(at, "  ");
      text += lines;
    }
    return text;
  }

  const Contract& contract_;
  const std::vector<Exchange>& exchanges_;
  const Switches switches_;
  Contracts contracts_;
  std::optional<Router> router_;
  std::vector<Json> steps_;
  KnownValues known_;
  const Operation* operation_ = nullptr;  // of the current exchange
  bool uses_known_ = false;               // the current request is about something that the scenario made
  RecordedScenario out_;
};

}  // namespace

RecordedScenario make_recorded_scenario(const Contract& contract, const std::vector<Exchange>& exchanges, const std::string& title) {
  return Writer(contract, exchanges).write(title);
}

}  // namespace understudy
