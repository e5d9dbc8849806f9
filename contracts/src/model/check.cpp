#include "contracts/src/model/check.h"

#include <algorithm>
#include <set>

#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// /Products/0/ProductID -> /Products/*/ProductID
std::string generalise(std::string_view pointer) {
  std::string out;
  for (const std::string& token : split_pointer(pointer)) {
    const bool index = !token.empty() && std::ranges::all_of(token, is_digit);
    out = join_pointer(out, index ? "*" : token);
  }
  return out;
}

std::string dotted(std::string_view pointer) {
  std::string out;
  for (const std::string& token : split_pointer(pointer)) out += (out.empty() ? "" : ".") + token;
  return out;
}

// /product_variants_attributes/0/sku_code -> Product variants attributes 0 sku code
std::string humanised(std::string_view pointer) {
  std::string out;
  for (const std::string& token : split_pointer(pointer)) {
    if (!token.empty() && is_digit(token.front())) continue;
    out += (out.empty() ? "" : " ") + token;
  }
  std::ranges::replace(out, '_', ' ');
  if (!out.empty()) out.front() = ascii_upper(out.front());
  return out;
}

void replace_all(std::string& text, std::string_view name, const std::string& with) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + with.size())) text.replace(at, name.size(), with);
}

Finding answer_finding(std::string code, std::string pointer, std::string expected, std::string actual, const Contract& contract,
                       const ResponseDefinition& answer, const ResponseVariant& variant) {
  Finding finding;
  finding.code = std::move(code);
  finding.pointer = std::move(pointer);
  finding.message = "expected " + expected + ", found " + actual;
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.rule = contract.api + "." + answer.name;
  finding.source = variant.fact.source;
  finding.evidence = variant.fact.evidence;
  return finding;
}

bool is_json_media_type(std::string_view content_type) {
  const std::string type = media_type_of(content_type);
  return type == "application/json" || type.ends_with("+json") || type == "text/json";
}

void add_schema_findings(const Contract& contract, const ResponseDefinition& answer, const ResponseVariant& variant, const Json& body,
                         Findings& findings) {
  if (variant.schema.empty()) return;
  for (Finding& finding : contract.schemas->check(variant.schema, body)) {
    finding.rule = contract.api + "." + answer.name;
    finding.source = variant.fact.source;
    finding.evidence = variant.fact.evidence;
    findings.push_back(std::move(finding));
  }
}

void check_reason(const Contract& contract, const ResponseDefinition& answer, const ResponseVariant& variant, const Switches& switches,
                  const Response& response, Findings& findings) {
  // Proxies and HTTP/2 drop the reason phrase: its text may be in the body instead.
  const std::string reason = reason_of(variant, switches);
  if (reason.empty() || response.reason == reason || response.body.find(reason) != std::string::npos) return;
  if (reason == registered_reason(status_of(variant, switches))) return;
  findings.push_back(answer_finding("reason", "", "\"" + reason + "\" as reason phrase or in the body", "\"" + response.reason + "\"",
                                    contract, answer, variant));
}

Findings judge_exchange(const Contract& contract, const ResponseDefinition& answer, const ResponseVariant& variant,
                        const Switches& switches, const Response& response, const ParsedJson& body) {
  Findings findings;
  const int status = status_of(variant, switches);
  if (response.status != status) {
    findings.push_back(answer_finding("status", "", "status " + std::to_string(status), "status " + std::to_string(response.status),
                                      contract, answer, variant));
    return findings;
  }
  check_reason(contract, answer, variant, switches, response, findings);
  const auto content_type = find_header(response.headers, "Content-Type");
  if (variant.body) {
    if (!content_type || !is_json_media_type(*content_type)) {
      findings.push_back(answer_finding("content-type", "", "a JSON media type",
                                        content_type ? "\"" + std::string(*content_type) + "\"" : "absent", contract, answer, variant));
    }
    if (!body) {
      const auto& error = body.error();
      const auto actual = response.body.empty() ? std::string("an empty body")
                                                : describe(Json(response.body.substr(0, 200))) + " (line " + std::to_string(error.line) +
                                                      ", column " + std::to_string(error.column) + ": " + error.message + ")";
      findings.push_back(answer_finding("body-not-json", "", "a JSON text", actual, contract, answer, variant));
    } else {
      add_schema_findings(contract, answer, variant, *body, findings);
    }
  } else if (!variant.text && !response.body.empty()) {
    findings.push_back(
        answer_finding("body", "", "an empty body", std::to_string(response.body.size()) + " bytes", contract, answer, variant));
  }
  return findings;
}

// Prefers a correct status, then fewer findings.
bool is_nearer(const Findings& left, const Findings& right) {
  const auto wrong_status = [](const Findings& findings) { return !findings.empty() && findings.front().code == "status"; };
  if (wrong_status(left) != wrong_status(right)) return wrong_status(right);
  return left.size() < right.size();
}

template <class Judge>
Judgement judge_candidates(const Contract& contract, const Operation& operation, const Switches& switches, Scope scope,
                           const ResponseDefinition* expected, Judge judge) {
  Judgement best;
  bool first = true;
  const auto consider = [&](const ResponseDefinition& answer) {
    if (answer.scope != scope) return;
    const ResponseVariant& variant = pick_variant(answer, switches);
    Findings findings = judge(answer, variant);
    if (!first && !is_nearer(findings, best.findings)) return;
    first = false;
    best = {.answer = &answer, .variant = &variant, .findings = std::move(findings)};
  };
  if (expected != nullptr) {
    consider(*expected);
  } else {
    for (const std::string& name : operation.answers) {
      if (const ResponseDefinition* answer = contract.find_response(name); answer != nullptr) consider(*answer);
      if (!first && best.findings.empty()) break;
    }
  }
  return best;
}

}  // namespace

std::string implicit_row_id(const Operation& operation, std::string_view pointer, std::string_view keyword) {
  return operation.name + "#" + join_pointer(generalise(pointer), keyword);
}

std::string word_finding(const Contract& contract, const Finding& finding) {
  auto found = contract.messages.find(finding.code);
  if (found == contract.messages.end()) found = contract.messages.find("default");
  if (found == contract.messages.end()) return finding.message;
  std::string text = found->second;
  const auto tokens = split_pointer(finding.pointer);
  replace_all(text, "{field}", tokens.empty() ? "body" : tokens.back());
  replace_all(text, "{path}", tokens.empty() ? "body" : dotted(finding.pointer));
  replace_all(text, "{label}", tokens.empty() ? "Body" : humanised(finding.pointer));
  replace_all(text, "{expected}", finding.expected);
  replace_all(text, "{actual}", finding.actual);
  return text;
}

Findings check_shape(const Contract& contract, const Operation& operation, const Json& body) {
  if (operation.body_schema.empty() || contract.schemas->accepts(operation.body_schema, body)) return {};
  Findings findings = contract.schemas->check(operation.body_schema, body);
  for (Finding& finding : findings) {
    finding.rule = implicit_row_id(operation, finding.pointer, finding.code);
    const auto fact = contract.find_fact(finding.schema_pointer).value_or(operation.fact);
    finding.source = fact.source;
    finding.evidence = fact.evidence;
    finding.message = word_finding(contract, finding);
  }
  return findings;
}

Judgement check_response(const Contract& contract, const Operation& operation, const Switches& switches, const Response& response,
                         const ResponseDefinition* expected, const ParsedJson* body) {
  const ParsedJson own = body != nullptr ? ParsedJson() : parse_json(response.body);
  Judgement best = judge_candidates(contract, operation, switches, Scope::exchange, expected,
                                    [&](const ResponseDefinition& answer, const ResponseVariant& variant) {
                                      return judge_exchange(contract, answer, variant, switches, response, body != nullptr ? *body : own);
                                    });
  if (expected == nullptr && !best.findings.empty() && best.findings.front().code == "status") {
    // No described response has this status: list those that exist.
    std::vector<int> statuses;
    for (const std::string& name : operation.answers) {
      const ResponseDefinition* answer = contract.find_response(name);
      if (answer == nullptr || answer->scope != Scope::exchange) continue;
      const int status = status_of(pick_variant(*answer, switches), switches);
      if (!contains(statuses, status)) statuses.push_back(status);
    }
    std::sort(statuses.begin(), statuses.end());
    std::string list;
    for (const int status : statuses) list += (list.empty() ? "" : ", ") + std::to_string(status);
    Finding& finding = best.findings.front();
    finding.code = "undocumented-status";
    finding.expected = "a documented status: " + list;
    finding.message = "expected " + finding.expected + ", found " + finding.actual;
    finding.rule = operation.name;
    finding.source = operation.fact.source;
    finding.evidence = operation.fact.evidence;
    best.answer = nullptr;
    best.variant = nullptr;
  }
  return best;
}

Judgement check_element(const Contract& contract, const Operation& operation, const Switches& switches, Scope scope, const Json& element,
                        const ResponseDefinition* expected) {
  return judge_candidates(contract, operation, switches, scope, expected,
                          [&](const ResponseDefinition& answer, const ResponseVariant& variant) {
                            Findings findings;
                            add_schema_findings(contract, answer, variant, element, findings);
                            return findings;
                          });
}

bool declares_member(const Json& document, std::string_view schema, std::string_view member) {
  const auto tokens = split_pointer(member);
  // Every schema that may apply to the value, alternatives and references included.
  std::vector<const Json*> here = {find_pointer(document, schema)};
  for (std::size_t depth = 0; depth <= tokens.size(); ++depth) {
    std::set<const Json*> seen;
    for (std::size_t i = 0; i < here.size(); ++i) {
      const Json* one = here[i];
      if (one == nullptr || !one->is_object() || !seen.insert(one).second) continue;
      if (const auto target = local_ref(*one)) here.push_back(find_pointer(document, *target));
      for (const char* word : {"allOf", "anyOf", "oneOf"}) {
        if (const auto parts = one->find(word); parts != one->end()) {
          for (const Json& part : *parts) here.push_back(&part);
        }
      }
    }
    if (depth == tokens.size()) return !seen.empty();
    std::vector<const Json*> next;
    for (const Json* one : seen) {
      if (tokens[depth] == "*") {
        if (const auto items = one->find("items"); items != one->end()) next.push_back(&*items);
      } else if (const Json* found = find_pointer(*one, join_pointer("/properties", tokens[depth])); found != nullptr) {
        next.push_back(found);
      }
    }
    if (next.empty()) return false;
    here = std::move(next);
  }
  return false;
}

}  // namespace understudy
