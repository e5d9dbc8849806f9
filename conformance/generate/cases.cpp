#include "conformance/generate/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "conformance/generate/body_changes.h"
#include "contracts/src/base/env.h"
#include "contracts/src/base/number.h"

namespace understudy {
namespace {

void add_credentials(const Base& base, std::vector<Case>& cases) {
  if (!base.operation->secured) return;
  std::vector<const char*> kinds = {"none", "garbage"};
  if (base.contract->credentials.kind == Credentials::Kind::bearer_token) kinds.push_back("expired");
  for (const char* kind : kinds)
    cases.push_back({.topic = "credential",
                     .name = fmt::format("credential {}", kind),
                     .part = "credential",
                     .at = join_pointer(base.step, "auth"),
                     .value = kind});
}

void add_unreadable(const Base& base, std::vector<Case>& cases) {
  if (!base.operation->has_body || !base.operation->call.empty()) return;
  for (const auto& [name, text] : {std::pair("body cut off", "{\"cut\":"), std::pair("no body", ""), std::pair("body is a list", "[]")})
    cases.push_back({.topic = "unreadable", .name = name, .part = "text", .at = join_pointer(base.step, "with", "text"), .value = text});
}

void add_body_changes(const Base& base, std::vector<Case>& cases) {
  const Json* body = find_pointer(base.scenario, base.body);
  if (body == nullptr) return;
  for (BodyChange& change : list_body_changes(*base.contract, *base.operation, *body)) {
    cases.push_back({.topic = std::move(change.topic),
                     .name = std::move(change.name),
                     .part = "body",
                     .at = base.body,
                     .value = std::move(change.body),
                     .known = change.known});
  }
}

void add_parameters(const Base& base, std::vector<Case>& cases) {
  for (const Parameter& parameter : base.operation->parameters) {
    if (parameter.in == Parameter::In::header || !base.operation->call.empty()) continue;
    const bool in_path = parameter.in == Parameter::In::path;
    const std::string part = fmt::format("{} {}", in_path ? "path" : "query", parameter.name);
    const std::string at = join_pointer(base.step, "with", in_path ? "path" : "query", parameter.name);
    const auto add = [&](std::string says, Json value, Known known = {}) {
      cases.push_back({.topic = in_path ? "path" : "query",
                       .name = fmt::format("{} {}", part, says),
                       .part = part,
                       .at = at,
                       .value = std::move(value),
                       .known = known});
    };
    if (in_path) {
      add("unknown", parameter.number ? Json(987654321) : Json("unknown-987654321"));
      if (parameter.number) add("is a word", "unexpected");
      continue;
    }
    const Json* schema = find_pointer(base.contract->document, parameter.schema);
    schema = schema == nullptr ? nullptr : follow_refs(base.contract->document, schema);
    if (parameter.schema.empty() || schema == nullptr || !schema->is_object()) continue;
    for (Trial& trial : trials_of_schema(*schema, parameter.required)) {
      const bool is_scalar = trial.value.is_string() || is_number(trial.value);
      if (is_scalar && trial.topic != "optional") add(trial.says, trial.value, trial.known(base.operation->fact.evidence));
    }
  }
}

void shuffle(std::vector<Case>& cases, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = cases.size(); i > 1; --i) std::swap(cases[i - 1], cases[random.next() % i]);
}

// The first case, and others taken from each topic in turn until there are enough.
std::vector<Case> thin_out(std::vector<Case> cases, std::size_t limit, std::uint64_t seed) {
  if (cases.size() <= limit) return cases;
  std::vector<Case> kept = {std::move(cases.front())};
  cases.erase(cases.begin());
  shuffle(cases, seed);
  std::map<std::string, std::vector<Case>> by_topic;
  for (Case& one : cases) by_topic[one.topic].push_back(std::move(one));
  while (kept.size() < limit) {
    for (auto& [topic, some] : by_topic) {
      if (some.empty() || kept.size() == limit) continue;
      kept.push_back(std::move(some.back()));
      some.pop_back();
    }
  }
  return kept;
}

}  // namespace

std::vector<Case> list_cases(const Base& base, std::size_t limit, std::uint64_t seed, std::set<std::string>& known) {
  std::vector<Case> cases = {{.topic = "as it is", .name = "as it is", .part = "nothing", .at = "", .value = nullptr}};
  if (base.operation->perform == Perform::issue_token) return cases;  // what it refuses is judged by the scenarios: it is observed alone
  if (base.number == 1) {
    if (base.operation->method != "GET")
      cases.push_back({.topic = "again", .name = "sent twice", .part = "again", .at = "", .value = nullptr});
    add_credentials(base, cases);
    add_unreadable(base, cases);
    add_parameters(base, cases);
  }
  add_body_changes(base, cases);
  std::erase_if(cases, [&](const Case& one) { return one.part == "body" && !known.insert(one.name).second; });
  cases = thin_out(std::move(cases), limit, seed);
  std::ranges::stable_sort(cases, {}, &Case::part);
  return cases;
}

Json apply_case(const Base& base, const Case& one) {
  Json scenario = base.scenario;
  if (one.part == "again") {
    Json again = *find_pointer(scenario, base.step);
    again.erase("name");
    again.erase("capture");
    Json& first = *find_pointer(scenario, base.step);
    if (base.evidence != Evidence::documented) first["evidence"] = to_string(base.evidence);
    scenario["steps"].push_back(std::move(again));
    return scenario;
  }
  Json& step = *find_pointer(scenario, base.step);
  if (one.part == "text") step["with"].erase("body");
  if (one.part == "text") step["with"]["headers"]["Content-Type"] = "application/json";
  if (!one.at.empty()) set_pointer(scenario, one.at, one.value);
  return scenario;
}

}  // namespace understudy
