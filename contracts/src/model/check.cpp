#include "contracts/src/model/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "contracts/src/base/escape.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

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

// One variant of an answer, while a response is compared with it.
struct Candidate {
  const Contract& contract;
  const Operation& operation;
  const ResponseDefinition& answer;
  const ResponseVariant& variant;
  const Switches& switches;
  Findings findings;
  bool is_other_kind = false;  // a success where the contract's answer refuses, or the other way round

  void name_rule(Finding& finding, std::string_view aspect) const {
    const Fact fact = variant.fact_of(aspect);
    finding.rule = contract.api + "." + answer.name;
    finding.source = fact.source;
    finding.evidence =
        aspect == "status" ? evidence_of_status(operation, variant, switches) : weaker_of(fact.evidence, operation.fact.evidence);
  }

  void add(std::string code, std::string pointer, std::string_view aspect, std::string expected, std::string actual) {
    Finding finding;
    finding.code = std::move(code);
    finding.pointer = std::move(pointer);
    finding.message = "expected " + expected + ", found " + actual;
    finding.expected = std::move(expected);
    finding.actual = std::move(actual);
    name_rule(finding, aspect);
    findings.push_back(std::move(finding));
  }

  void add_schema_findings(const Json& body) {
    if (variant.schema.empty()) return;
    for (Finding& finding : contract.schemas->check(variant.schema, body)) {
      name_rule(finding, generalise_pointer(finding.pointer));
      const auto own = contract.find_fact(finding.schema_pointer);
      if (own && own->evidence > finding.evidence) {
        finding.source = own->source;
        finding.evidence = own->evidence;
      }
      findings.push_back(std::move(finding));
    }
  }
};

bool is_json_media_type(std::string_view content_type) {
  const std::string type = media_type_of(content_type);
  return type == "application/json" || type.ends_with("+json") || type == "text/json";
}

void check_reason(Candidate& candidate, const Response& response) {
  const std::string reason = reason_of(candidate.variant, candidate.switches);
  if (reason.empty() || equals_ignore_case(response.reason, reason)) return;
  if (response.reason.empty() && reason == registered_reason(response.status)) return;
  // HTTP/2, proxies and many frameworks carry no phrase or only the registered one: the text may be in the body instead.
  const bool is_own = !response.reason.empty() && response.reason != registered_reason(response.status);
  if (!is_own && response.body.find(reason) != std::string::npos) return;
  candidate.add("reason", "", "reason", "\"" + reason + "\" as reason phrase or in the body", "\"" + response.reason + "\"");
}

// The headers that the contract promises: each is there once, with the value if that is fixed.
void check_headers(Candidate& candidate, const Response& response) {
  for (const auto& [name, value] : candidate.variant.headers.items()) {
    const auto aspect = "header " + to_lower(name);
    const auto count =
        std::ranges::count_if(response.headers, [&name = name](const Header& header) { return equals_ignore_case(header.name, name); });
    if (count == 0) {
      candidate.add("header", name, aspect, "the header", "absent");
    } else if (count > 1 && !equals_ignore_case(name, "set-cookie")) {
      candidate.add("header", name, aspect, "the header once", std::to_string(count) + " times");
    } else if (value.is_string() && value.get_ref<const std::string&>().find("{{") == std::string::npos) {
      const auto found = find_header(response.headers, name);
      if (*found != value.get_ref<const std::string&>()) candidate.add("header", name, aspect, describe(value), describe(Json(*found)));
    }
  }
}

void check_body(Candidate& candidate, const Response& response, const ParsedJson& body) {
  const auto& variant = candidate.variant;
  if (variant.body) {
    const auto content_type = find_header(response.headers, "Content-Type");
    if (!content_type || !is_json_media_type(*content_type)) {
      candidate.add("content-type", "", "media_type", "a JSON media type",
                    content_type ? "\"" + std::string(*content_type) + "\"" : "absent");
    }
    if (body) return candidate.add_schema_findings(*body);
    candidate.add("body-not-json", "", "body", "a JSON text", describe_not_json(response, body.error()));
  } else if (!variant.text && !response.body.empty()) {
    candidate.add("body", "", "body", "an empty body", std::to_string(response.body.size()) + " bytes");
  }
}

// A wrong status does not hide what else can be judged: the answer's other aspects count where both are a success, or both are not.
void judge_exchange(Candidate& candidate, const Response& response, const ParsedJson& body) {
  const int status = status_of(candidate.variant, candidate.switches);
  if (response.status != status)
    candidate.add("status", "", "status", "status " + std::to_string(status), "status " + std::to_string(response.status));
  candidate.is_other_kind = (response.status < 300) != (status < 300);
  if (candidate.is_other_kind) return;
  if (response.status == status) check_reason(candidate, response);
  check_headers(candidate, response);
  check_body(candidate, response, body);
}

// Prefers an answer of the same kind, then no error of the status, then fewer errors, then fewer findings.
bool is_nearer(const Findings& left, const Findings& right, Evidence level) {
  const auto rank = [level](const Findings& findings) {
    const bool wrong_status = !findings.empty() && findings.front().code == "status";
    const auto errors = std::ranges::count_if(findings, [level](const Finding& finding) { return finding.evidence <= level; });
    return std::tuple(wrong_status && findings.front().evidence <= level, errors, wrong_status, findings.size());
  };
  return rank(left) < rank(right);
}

template <class Judge>
Judgement judge_candidates(const Contract& contract, const Operation& operation, const Switches& switches, Scope scope,
                           const ResponseDefinition* expected, Evidence level, Judge judge) {
  Judgement best;
  bool first = true, best_is_other_kind = false;
  const auto consider = [&](const ResponseDefinition& answer) {
    if (answer.scope != scope) return;
    Candidate candidate{.contract = contract,
                        .operation = operation,
                        .answer = answer,
                        .variant = pick_variant(answer, switches),
                        .switches = switches,
                        .findings = {},
                        .is_other_kind = false};
    judge(candidate);
    const bool is_nearer_kind = best_is_other_kind && !candidate.is_other_kind;
    const bool is_same_kind = best_is_other_kind == candidate.is_other_kind;
    if (!first && !is_nearer_kind && !(is_same_kind && is_nearer(candidate.findings, best.findings, level))) return;
    first = false;
    best_is_other_kind = candidate.is_other_kind;
    best = {.answer = &answer, .variant = &candidate.variant, .findings = std::move(candidate.findings)};
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

// Where two parts of a schema say the same of a value, the one that is better known counts.
void keep_best_known(Findings& findings) {
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (std::size_t k = i + 1; k < findings.size();) {
      auto &first = findings[i], &other = findings[k];
      if (first.pointer != other.pointer || first.code != other.code || first.expected != other.expected) {
        ++k;
        continue;
      }
      if (other.evidence < first.evidence) first = std::move(other);
      findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
}

}  // namespace

std::string describe_not_json(const Response& response, const JsonError& error) {
  if (response.body.empty()) return "an empty body";
  const bool is_chunked = find_header(response.headers, "Transfer-Encoding").has_value();
  const auto length = find_header(response.headers, "Content-Length");
  const auto framing = is_chunked ? std::string(", sent in chunks") : length ? fmt::format(", Content-Length {}", *length) : std::string();
  return fmt::format("line {}, column {}: {}{}; the body is {}", error.line, error.column, error.message, framing,
                     describe(Json(response.body.substr(0, 200))));
}

std::string generalise_pointer(std::string_view pointer) {
  std::string out;
  for (const std::string& token : split_pointer(pointer)) {
    const bool index = !token.empty() && std::ranges::all_of(token, is_digit);
    out = join_pointer(out, index ? "*" : token);
  }
  return out;
}

std::string implicit_row_id(const Operation& operation, std::string_view pointer, std::string_view keyword) {
  return operation.name + "#" + join_pointer(generalise_pointer(pointer), keyword);
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
  keep_best_known(findings);
  return findings;
}

Evidence evidence_of_status(const Operation& operation, const ResponseVariant& variant, const Switches& switches) {
  const auto evidence = weaker_of(variant.fact_of("status").evidence, operation.fact.evidence);
  const auto own = operation.statuses.find(std::to_string(status_of(variant, switches)));
  return own == operation.statuses.end() ? evidence : weaker_of(evidence, own->second);
}

bool contradicts(const Findings& findings, Evidence level) {
  return std::ranges::any_of(findings, [level](const Finding& finding) { return finding.evidence <= level; });
}

Judgement check_response(const Contract& contract, const Operation& operation, const Switches& switches, const Response& response,
                         const ResponseDefinition* expected, Evidence level, const ParsedJson* body) {
  const ParsedJson own = body != nullptr ? ParsedJson() : parse_json(response.body);
  Judgement best = judge_candidates(contract, operation, switches, Scope::exchange, expected, level,
                                    [&](Candidate& candidate) { judge_exchange(candidate, response, body != nullptr ? *body : own); });
  if (expected == nullptr && !best.findings.empty() && best.findings.front().code == "status") {
    // No described response has this status: list those that exist.
    std::set<int> statuses;
    for (const std::string& name : operation.answers) {
      const ResponseDefinition* answer = contract.find_response(name);
      if (answer != nullptr && answer->scope == Scope::exchange) statuses.insert(status_of(pick_variant(*answer, switches), switches));
    }
    Finding finding = std::move(best.findings.front());
    finding.code = "undocumented-status";
    finding.expected = fmt::format("a documented status: {}", fmt::join(statuses, ", "));
    finding.message = "expected " + finding.expected + ", found " + finding.actual;
    finding.rule = operation.name;
    finding.source = operation.fact.source;
    finding.evidence = operation.fact.evidence;
    best = {.findings = {std::move(finding)}};
  }
  return best;
}

Judgement check_element(const Contract& contract, const Operation& operation, const Switches& switches, Scope scope, const Json& element,
                        const ResponseDefinition* expected, Evidence level) {
  return judge_candidates(contract, operation, switches, scope, expected, level,
                          [&](Candidate& candidate) { candidate.add_schema_findings(element); });
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
