#include <fmt/ranges.h>

#include <array>

#include "contracts/src/base/hash.h"
#include "contracts/src/model/responses.h"
#include "contracts/src/schema/sample.h"
#include "mock/engine/walk.h"
#include "mock/mock.h"

namespace understudy {
namespace {

Json by_field(const Contract& contract, const Findings& findings) {
  Json out = Json::object();
  for (const Finding& finding : findings)
    out[fmt::format("{}{}", contract.field_prefix, fmt::join(split_pointer(finding.pointer), "."))].push_back(finding.message);
  return out;
}

Json limit_context(const Limiter& limiter, Time now) {
  const Time reset = limiter.reset(now);
  // Seven fraction digits, as .NET's round-trip format writes them.
  std::string text = render_rfc3339_millis(reset);
  if (!text.empty() && text.back() == 'Z') text.insert(text.size() - 1, "0000");
  const std::int64_t requests = limiter.limit() ? limiter.limit()->requests : 0;
  return {{"reset", text},
          {"retry_after", std::chrono::ceil<std::chrono::seconds>(reset - now).count()},
          {"requests", requests},
          {"remaining", limiter.limit() ? limiter.remaining(now) : 0}};
}

Json rejection_context(const Contract& contract, const Rejection& rejection) {
  Json context = Json::object();
  if (rejection.findings.empty()) return context;
  const Finding& first = rejection.findings.front();
  const auto tokens = split_pointer(first.pointer);
  context["first"] = {{"message", first.message},   {"field", tokens.empty() ? "" : tokens.back()},
                      {"pointer", first.pointer},   {"code", first.code},
                      {"expected", first.expected}, {"actual", first.actual}};
  Json messages = Json::array();
  for (const Finding& finding : rejection.findings) messages.push_back(finding.message);
  context["findings"] = {{"messages", std::move(messages)}, {"by_field", by_field(contract, rejection.findings)}};
  return context;
}

// The API's base URL as the client reaches it: with the request's Host, which is right behind port mappings and proxies, too.
std::string base_url(const Call& call) {
  const bool secure = call.caller != nullptr && call.caller->secure;
  const auto host = find_header(call.request.headers, "Host");
  const auto port = call.caller == nullptr ? 0 : call.caller->local_port;
  return fmt::format("{}://{}{}", secure ? "https" : "http", host ? std::string(*host) : fmt::format("127.0.0.1:{}", port),
                     call.contract.base == "/" ? "" : call.contract.base);
}

// The request's own URL with the parameter of the next page; null: there is none.
Json next_url(const Call& call, const Json& next) {
  if (next.is_null() || !call.operation->paging) return nullptr;
  auto pairs = parse_form(query_of(call.request.target));
  const std::string& name = call.operation->paging->number;
  std::erase_if(pairs, [&](const auto& pair) { return pair.first == name; });
  pairs.emplace_back(name, as_text(next));
  const std::string base = base_url(call), root = base.substr(0, base.find('/', base.find("://") + 3));
  return root + std::string(path_of(call.request.target)) + "?" + render_form(pairs);
}

void add_times(const Call& call, const std::set<std::string, std::less<>>& used, Json& names) {
  const Time now = call.env.clock.now();
  if (used.contains("now")) names["now"] = render_rfc3339(now);
  if (used.contains("now_plain")) names["now_plain"] = render_plain(now);
}

// The names that every template may use, beside those of `own`; only those that the variant uses are built, and none that Names has by
// reference.
Json full_context(const Call& call, const ResponseVariant& variant, Json own) {
  const auto uses = [&](std::string_view name) { return variant.names.contains(name); };
  if (uses("path")) own["path"] = call.route.path;
  if (uses("setting")) own["setting"] = call.state.settings;
  if (uses("switch")) own["switch"] = call.state.switches;
  add_times(call, variant.names, own);
  if (uses("reason")) {
    const std::string reason = reason_of(variant, call.state.switches);
    own["reason"] = reason.empty() ? std::string(registered_reason(status_of(variant, call.state.switches))) : reason;
  }
  if (uses("limit")) own["limit"] = limit_context(call.state.limiter, call.env.clock.now());
  if (uses("method")) own["method"] = call.request.method;
  if (uses("target")) own["target"] = call.request.target;
  if (uses("allow")) own["allow"] = fmt::format("{}", fmt::join(call.route.allowed, ", "));
  if (uses("base_url")) own["base_url"] = base_url(call);
  if (const auto page = own.find("page"); uses("page") && page != own.end() && call.operation != nullptr)
    (*page)["next_url"] = next_url(call, page->value("next", Json()));
  if (uses("page") && !own.contains("page") && call.operation != nullptr)  // a list that was refused knows its length
    own["page"] = {{"total", call.state.store.count(call.operation->collection)}};
  return own;
}

// What the templates of an answer may name. The reply outlives it.
class Names {
 public:
  Names(const Call& call, const ResponseVariant& variant, Reply& reply)
      : reply_(reply),
        context_(full_context(call, variant, std::move(reply.context))),
        stored_(call.state.store),
        values_(stored_, call.env) {
    scopes_[0].emplace(TemplateScope{.context = context_, .source = &values_});
    const auto uses = [&](std::string_view name) { return variant.names.contains(name); };
    if (reply.record != nullptr) add("record", *reply.record, reply.view.is_null() ? nullptr : &reply.view);
    if (reply.rendered_record) add(scope().with("record", reply.rendered_record));
    if (reply.request)
      add(scope().with("request", reply.request));
    else if (call.body != nullptr && uses("request"))
      add("request", *call.body);
    if (uses("query") && !context_.contains("query")) add("query", call.query);
    if (uses("account")) add("account", call.contract.account);
  }
  ~Names() {
    discard(context_);
    discard(reply_.view);
  }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  const TemplateScope& scope() const { return *scopes_[last_]; }

 private:
  void add(std::string_view name, const Json& value, const Json* view = nullptr) { add(scope().with(name, value, view)); }
  void add(const TemplateScope& inner) {
    scopes_[last_ + 1].emplace(inner);
    ++last_;
  }

  Reply& reply_;
  Json context_;
  const Transaction stored_;
  const StoredValues values_;
  std::array<std::optional<TemplateScope>, 5> scopes_;  // each refers to the one before
  std::size_t last_ = 0;
};

Decision decide(const Call& call, const Rejection& rejection) {
  const Place& place = rejection.place;
  return {.operation = call.operation_name(),
          .answer = rejection.answer,
          .rule = rejection.rule,
          .place = place.file.empty() ? std::string() : place.file + ":" + std::to_string(place.line),
          .findings = first_findings(rejection.findings)};
}

constexpr std::string_view kLimitRule = "limit-reached";

// Replaces, adds or removes the value that the finding is about.
void repair(const Contract& contract, Sampler& sampler, const Finding& finding, Json& body) {
  const auto tokens = split_pointer(finding.pointer);
  const std::string name = tokens.empty() ? "value" : tokens.back();
  Json* parent = tokens.empty() ? nullptr : find_pointer(body, finding.pointer.substr(0, finding.pointer.rfind('/')));
  const std::string schema = finding.schema_pointer.substr(0, finding.schema_pointer.rfind('/'));
  Json* value = find_pointer(body, finding.pointer);
  if (finding.code == "required" && parent != nullptr && parent->is_object()) {
    (*parent)[name] = sampler.make(find_pointer(contract.document, join_pointer(schema, "properties", name)), name, 1);
  } else if (finding.code == "additionalProperties" && parent != nullptr && parent->is_object()) {
    parent->erase(name);
  } else if (value != nullptr) {
    *value = sampler.make(find_pointer(contract.document, schema), name, 1);
  }
}

// The body with what its schema says. The same request to the same tenant gets the same values.
Json fill_body(const Call& call, const ResponseVariant& variant, const Json& given) {
  const Contract& contract = call.contract;
  Sampler sampler(contract.document, fnv1a(path_of(call.request.target), fnv1a(call.tenant.name)));
  const Json* schema = find_pointer(contract.document, variant.schema);
  Json body = given.is_null() ? sampler.make(schema) : sampler.fit(given, schema, false);
  // What only the checker sees (a pattern, a bound) is replaced where it is found.
  for (int round = 0; round < 3; ++round) {
    const Findings findings = contract.schemas->check(variant.schema, body, 20);
    for (const Finding& finding : findings) repair(contract, sampler, finding, body);
    if (findings.empty()) break;
  }
  return body;
}

}  // namespace

void add_request_names(const Call& call, const std::set<std::string, std::less<>>& used, Json& names) {
  const auto uses = [&](std::string_view name) { return used.contains(name); };
  add_times(call, used, names);
  if (call.body != nullptr && uses("request")) names["request"] = *call.body;
  if (uses("query") && !names.contains("query")) names["query"] = call.query;
  if (uses("path")) names["path"] = call.route.path;
  if (uses("account")) names["account"] = call.contract.account;
  if (uses("setting")) names["setting"] = call.state.settings;
  if (uses("switch")) names["switch"] = call.state.switches;
}

Rejection reject_by_limit(const Call& call, const std::string& what, std::size_t most) {
  std::string message = "The limit of " + std::to_string(most) + " " + what + " of a tenant is reached.";
  return {.findings = {{.code = std::string(kLimitRule), .message = std::move(message)}},
          .rule = std::string(kLimitRule),
          .place = call.operation->place};
}

Response json_answer(int status, const Json& body) {
  Response response{.status = status};
  response.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
  response.body = spare_bodies().take();
  append_json(body, response.body);
  return response;
}

Response limit_response(const std::string& message) { return json_answer(507, {{"code", kLimitRule}, {"message", message}}); }

Response render_response(const Call& call, Reply reply) {
  const ResponseDefinition* found = call.contract.find_response(reply.answer);
  if (found == nullptr) {
    return {.status = 500,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = "The contract of " + call.contract.api + " names no answer for this."};
  }
  const ResponseVariant& variant = pick_variant(*found, call.state.switches);
  const Names names(call, variant, reply);
  Response response = render_response(variant, call.state.switches, names.scope());
  if (variant.fill) response.body = render_json(fill_body(call, variant, variant.body_template.fill(names.scope())));
  return response;
}

Json render_element(const Call& call, Reply reply) {
  const ResponseDefinition* found = call.contract.find_response(reply.answer);
  if (found == nullptr) return nullptr;
  const ResponseVariant& variant = pick_variant(*found, call.state.switches);
  const Names names(call, variant, reply);
  Json element = variant.body ? variant.body_template.fill(names.scope()) : Json(nullptr);
  call.policy.adjust_element(call, *found, variant, element);
  return element;
}

Response refuse(const Call& call, const Rejection& rejection, Trace& trace) {
  trace.decisions.push_back(decide(call, rejection));
  if (rejection.rule == kLimitRule) return limit_response(rejection.findings.front().message);
  return render_response(call, {.answer = rejection.answer, .context = rejection_context(call.contract, rejection)});
}

Json refuse_element(const Call& call, const Rejection& rejection, Trace& trace) {
  trace.decisions.push_back(decide(call, rejection));
  trace.decisions.back().evaluated_rules = rejection.evaluated_rules;
  return render_element(call, {.answer = rejection.answer, .context = rejection_context(call.contract, rejection)});
}

}  // namespace understudy
