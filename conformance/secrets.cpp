#include "conformance/secrets.h"

#include "contracts/src/http.h"
#include "contracts/src/json.h"

namespace understudy {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::size_t kShortest = 6;  // "demo" in a sentence is no secret

void replace_all(std::string& text, std::string_view from) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + kHidden.size()))
    text.replace(at, from.size(), kHidden);
}

void add_member(std::set<std::string>& members, std::string_view pointer) {
  const auto tokens = split_pointer(pointer);
  if (!tokens.empty()) members.insert(to_lower(tokens.back()));
}

}  // namespace

void Secrets::add_contract(const Contract& contract) {
  headers_.insert({"authorization", "proxy-authorization", "cookie", "set-cookie"});
  if (!contract.credentials.header.empty()) headers_.insert(to_lower(contract.credentials.header));
  add_member(members_, contract.credentials.password);
  add_member(members_, contract.credentials.token);
  if (contract.batch) add_member(members_, contract.batch->credential_password);
}

void Secrets::add_value(std::string_view value) {
  if (value.size() >= kShortest) values_.insert(std::string(value));
}

std::string Secrets::hide_text(std::string text) const {
  for (const auto& value : values_) replace_all(text, value);
  return text;
}

void Secrets::hide(Headers& headers) const {
  for (auto& header : headers) header.value = headers_.contains(to_lower(header.name)) ? std::string(kHidden) : hide_text(header.value);
}

void Secrets::hide_members(Json& value) const {
  if (value.is_object()) {
    for (auto& [name, member] : value.items()) {
      if (members_.contains(to_lower(name)) && !member.is_structured())
        member = kHidden;
      else
        hide_members(member);
    }
  } else if (value.is_array()) {
    for (auto& element : value) hide_members(element);
  }
}

std::string Secrets::hide_body(std::string body) const {
  body = hide_text(std::move(body));
  if (members_.empty() || body.empty()) return body;
  const auto lower = to_lower(body);
  bool mentioned = false;
  for (const auto& member : members_) mentioned = mentioned || lower.find(member) != std::string::npos;
  if (!mentioned) return body;
  if (auto json = parse_json(body)) {
    auto hidden = *json;
    hide_members(hidden);
    return hidden == *json ? body : render_json(hidden);
  }
  if (body.find('=') == std::string::npos) return body;
  auto pairs = parse_form(body);
  for (auto& [name, value] : pairs) {
    if (members_.contains(to_lower(name))) value = kHidden;
  }
  return render_form(pairs);
}

void Secrets::hide(Request& request) const {
  request.target = hide_text(std::move(request.target));
  hide(request.headers);
  request.body = hide_body(std::move(request.body));
}

void Secrets::hide(Problem& problem) const { problem.message = hide_text(std::move(problem.message)); }

void Secrets::hide(Verdict& verdict) const {
  verdict.reason = hide_text(std::move(verdict.reason));
  if (verdict.problem) hide(*verdict.problem);
  for (auto& one : verdict.left_behind) one = hide_text(std::move(one));
  for (auto& step : verdict.steps) {
    hide(step.request);
    hide(step.result.response.headers);
    step.result.response.body = hide_body(std::move(step.result.response.body));
    step.result.detail = hide_text(std::move(step.result.detail));
    for (auto& [finding, line] : step.differences) {
      const auto tokens = split_pointer(finding.pointer);
      const bool secret = !tokens.empty() && members_.contains(to_lower(tokens.back()));
      finding.expected = secret ? std::string(kHidden) : hide_text(std::move(finding.expected));
      finding.actual = secret ? std::string(kHidden) : hide_text(std::move(finding.actual));
      finding.message = secret ? std::string() : hide_text(std::move(finding.message));
      line = hide_text(std::move(line));
    }
  }
}

}  // namespace understudy
