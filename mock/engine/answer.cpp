#include "contracts/src/model/responses.h"
#include "mock/engine/exchange.h"

namespace understudy {
namespace {

Json by_field(const Contract& contract, const Findings& findings) {
  Json out = Json::object();
  for (const Finding& finding : findings) {
    std::string field;
    for (const std::string& token : split_pointer(finding.pointer)) field += (field.empty() ? "" : ".") + token;
    out[contract.field_prefix + field].push_back(finding.message);
  }
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

}  // namespace

Json refusal_context(const Contract& contract, const Rejection& refusal) {
  Json context = Json::object();
  if (refusal.findings.empty()) return context;
  const Finding& first = refusal.findings.front();
  const auto tokens = split_pointer(first.pointer);
  context["first"] = {{"message", first.message},   {"field", tokens.empty() ? "" : tokens.back()},
                      {"pointer", first.pointer},   {"code", first.code},
                      {"expected", first.expected}, {"actual", first.actual}};
  Json messages = Json::array();
  for (const Finding& finding : refusal.findings) messages.push_back(finding.message);
  context["findings"] = {{"messages", std::move(messages)}, {"by_field", by_field(contract, refusal.findings)}};
  return context;
}

Json Exchange::context_for(const ResponseVariant& variant, Json own) const {
  if (!own.is_object()) own = Json::object();
  if (variant.names.contains("reason")) {
    const std::string reason = reason_of(variant, state.switches);
    own["reason"] = reason.empty() ? std::string(registered_reason(status_of(variant, state.switches))) : reason;
  }
  if (variant.names.contains("now") || variant.names.contains("now_plain")) {
    own["now"] = render_rfc3339(tenant.env.clock.now());
    own["now_plain"] = render_plain(tenant.env.clock.now());
  }
  if (variant.names.contains("limit")) {
    own["limit"] = limit_context(state.limiter, tenant.env.clock.now());
  }
  if (bound != nullptr && variant.names.contains("request")) own["request"] = *bound;
  if (variant.names.contains("query") && !own.contains("query")) own["query"] = query;
  if (variant.names.contains("method")) own["method"] = request.method;
  if (variant.names.contains("target")) own["target"] = request.target;
  if (variant.names.contains("allow")) own["allow"] = allow;
  if (variant.names.contains("path")) own["path"] = path;
  if (variant.names.contains("account")) own["account"] = contract.account;
  if (variant.names.contains("setting")) own["setting"] = state.settings;
  if (variant.names.contains("switch")) own["switch"] = state.switches;
  return own;
}

Response render_exchange(Exchange& exchange, const std::string& answer, Json context) {
  const ResponseDefinition* found = exchange.contract.find_response(answer);
  if (found == nullptr) {
    Response response;
    response.status = 500;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = "The contract of " + exchange.contract.api + " names no answer for this.";
    return response;
  }
  const ResponseVariant& variant = pick_variant(*found, exchange.state.switches);
  return render_response(variant, exchange.state.switches, exchange.context_for(variant, std::move(context)));
}

std::string place_text(const Place& place) { return place.file.empty() ? std::string() : place.file + ":" + std::to_string(place.line); }

Response refuse(Exchange& exchange, const Operation* operation, const Rejection& refusal) {
  exchange.entry.decisions.push_back({.operation = operation == nullptr ? std::string() : operation->name,
                                      .answer = refusal.answer,
                                      .rule = refusal.rule,
                                      .place = place_text(refusal.place),
                                      .findings = first_findings(refusal.findings)});
  return render_exchange(exchange, refusal.answer, refusal_context(exchange.contract, refusal));
}

Json render_element(Exchange& exchange, const Operation* operation, const std::string& answer, Json context) {
  const ResponseDefinition* found = exchange.contract.find_response(answer);
  if (found == nullptr) return nullptr;
  const ResponseVariant& variant = pick_variant(*found, exchange.state.switches);
  Json element = variant.body ? variant.body_template.fill(exchange.context_for(variant, std::move(context))) : Json(nullptr);
  bend_element(exchange, operation, *found, variant, element);
  return element;
}

}  // namespace understudy
