#include <algorithm>
#include <set>

#include "contracts/src/answers.h"
#include "mock/exchange.h"

namespace understudy {
namespace {

// Does the template name this root ("record" in {{record.ID}})? Text search is enough: a false hit only costs time.
bool names(const std::string& text, std::string_view root) {
  for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
    auto begin = text.find_first_not_of(' ', at + 2);
    if (begin != std::string::npos && text.compare(begin, root.size(), root) == 0) return true;
  }
  return false;
}

bool names(const Json& pattern, std::string_view root) {
  if (pattern.is_string()) return names(pattern.get_ref<const std::string&>(), root);
  if (!pattern.is_structured()) return false;
  return std::any_of(pattern.begin(), pattern.end(), [&](const Json& part) { return names(part, root); });
}

bool names(const AnswerVariant& variant, std::string_view root) {
  return (variant.body && names(*variant.body, root)) || (variant.text && names(*variant.text, root)) || names(variant.headers, root);
}

Json by_field(const Contract& contract, const Findings& findings) {
  Json out = Json::object();
  for (const Finding& finding : findings) {
    std::string field;
    for (const std::string& token : split_pointer(finding.pointer)) field += (field.empty() ? "" : ".") + token;
    out[contract.field_prefix + field].push_back(finding.message);
  }
  return out;
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

Json Exchange::context_for(const AnswerVariant& variant, Json own) const {
  if (!own.is_object()) own = Json::object();
  if (names(variant, "reason")) {
    const std::string reason = reason_of(variant, state.switches);
    own["reason"] = reason.empty() ? std::string(registered_reason(status_of(variant, state.switches))) : reason;
  }
  if (names(variant, "now")) {
    own["now"] = render_rfc3339(tenant.env.clock.now());
    own["now_plain"] = render_plain(tenant.env.clock.now());
  }
  if (names(variant, "limit")) {
    // Seven fraction digits, as .NET's round-trip format writes them.
    std::string reset = render_rfc3339_millis(tenant.env.clock.now() + std::chrono::hours(1));
    if (!reset.empty() && reset.back() == 'Z') reset.insert(reset.size() - 1, "0000");
    own["limit"] = {{"reset", reset}};
  }
  if (bound != nullptr && names(variant, "request")) own["request"] = *bound;
  if (names(variant, "query") && !own.contains("query")) own["query"] = query;
  if (names(variant, "method")) own["method"] = request.method;
  if (names(variant, "target")) own["target"] = request.target;
  if (names(variant, "allow")) own["allow"] = allow;
  if (names(variant, "path")) own["path"] = path;
  if (names(variant, "account")) own["account"] = contract.account;
  if (names(variant, "setting")) own["setting"] = state.settings;
  if (names(variant, "switch")) own["switch"] = state.switches;
  return own;
}

Response render_exchange(Exchange& exchange, const std::string& answer, Json context) {
  const Answer* found = exchange.contract.find_answer(answer);
  if (found == nullptr) {
    Response response;
    response.status = 500;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = "The contract of " + exchange.contract.api + " names no answer for this.";
    return response;
  }
  const AnswerVariant& variant = pick_variant(*found, exchange.state.switches);
  return render_answer(variant, exchange.state.switches, exchange.context_for(variant, std::move(context)));
}

std::string place_text(const Place& place) { return place.file.empty() ? std::string() : place.file + ":" + std::to_string(place.line); }

Response refuse(Exchange& exchange, const Operation* operation, const Rejection& refusal) {
  exchange.entry.decisions.push_back({.operation = operation == nullptr ? std::string() : operation->name,
                                      .answer = refusal.answer,
                                      .rule = refusal.rule,
                                      .place = place_text(refusal.place),
                                      .asked = {}});
  return render_exchange(exchange, refusal.answer, refusal_context(exchange.contract, refusal));
}

Json render_element(Exchange& exchange, const std::string& answer, Json context) {
  const Answer* found = exchange.contract.find_answer(answer);
  if (found == nullptr) return nullptr;
  const AnswerVariant& variant = pick_variant(*found, exchange.state.switches);
  return variant.body ? fill_template(*variant.body, exchange.context_for(variant, std::move(context))) : Json(nullptr);
}

}  // namespace understudy
