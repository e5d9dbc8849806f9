#include "mock/mutation/mutation_policy.h"

#include <algorithm>

#include "contracts/src/base/escape.h"
#include "contracts/src/base/number.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

using Kind = Mutation::Kind;

bool is_about_members(Kind kind) { return kind >= Kind::member_missing && kind <= Kind::member_other; }
bool is_about_elements(Kind kind) { return kind >= Kind::elements_reversed && kind <= Kind::bare_element; }
bool is_about_responses(Kind kind) { return kind >= Kind::status && kind <= Kind::cut_off; }

// --- members ------------------------------------------------------------------------------------------------------------

// A value of the same type that is never equal.
Json other_value(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>() < 1'000'000'000 ? value.get<std::int64_t>() + 1 : 1;
  if (is_number(value)) return to_double(value) + 1;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_string()) return value.get<std::string>() + "-other";
  return value;
}

bool mutate_members(const Mutation& mutation, const std::vector<std::string>& members, Json& body) {
  bool changed = false;
  for (const std::string& member : members) {
    for (const std::string& place : expand_pointer(body, member)) {
      Json* value = find_pointer(body, place);
      if (value == nullptr) continue;
      const Json before = *value;
      switch (mutation.kind) {
        case Kind::member_missing: changed |= erase_pointer(body, place); continue;
        case Kind::member_value: *value = mutation.value; break;
        case Kind::member_as_text:
          if (is_number(*value)) *value = render_json(*value);
          break;
        case Kind::member_other: *value = other_value(*value); break;
        default: break;
      }
      changed |= *value != before || value->type() != before.type();
    }
  }
  return changed;
}

// --- whole responses ------------------------------------------------------------------------------------------------------

bool mutate_list(Kind kind, Json& elements) {
  switch (kind) {
    case Kind::elements_reversed:
    case Kind::items_reversed: std::reverse(elements.begin(), elements.end()); return elements.size() > 1;
    case Kind::element_dropped:
    case Kind::item_dropped:
      if (elements.empty()) return false;
      elements.erase(elements.size() - 1);
      return true;
    case Kind::bare_element:
      if (elements.size() != 1) return false;
      elements = Json(elements.front());
      return true;
    default: return false;
  }
}

void mutate_body(const Mutation& mutation, const std::vector<std::string>& members, Response& response) {
  auto parsed = parse_json(response.body);
  if (!parsed) return;
  if (mutation.kind == Kind::wrapped) {
    *parsed = Json{{"data", *parsed}};
  } else if (is_about_elements(mutation.kind) ? !parsed->is_array() || !mutate_list(mutation.kind, *parsed)
                                              : !mutate_members(mutation, members, *parsed)) {
    return;
  }
  response.body = render_json(*parsed);
}

void mutate_response(const Mutation& mutation, const std::vector<std::string>& members, const std::string& reason, Response& response) {
  switch (mutation.kind) {
    case Kind::status:
      response.status = mutation.value.get<int>();
      response.reason.clear();
      break;
    case Kind::reason:
      response.reason = mutation.value.get<std::string>();
      if (!reason.empty()) replace_all(response.body, reason, response.reason);
      break;
    case Kind::header_missing:
      std::erase_if(response.headers, [&](const Header& one) { return equals_ignore_case(one.name, mutation.name); });
      break;
    case Kind::content_type:
      std::erase_if(response.headers, [](const Header& one) { return equals_ignore_case(one.name, "Content-Type"); });
      if (mutation.value.is_string()) response.headers.push_back({"Content-Type", mutation.value.get<std::string>()});
      break;
    case Kind::body:
      response.body = mutation.value.get<std::string>();
      if (!mutation.name.empty()) set_header(response.headers, "Content-Type", mutation.name);
      break;
    case Kind::cut_short: response.body.resize(response.body.size() / 2); break;
    default: mutate_body(mutation, members, response);
  }
}

}  // namespace

bool MutationPolicy::concerns(const Call& call, std::string_view operation) const {
  return mutation_.api == call.contract.api && (mutation_.operation.empty() || mutation_.operation == operation);
}

void MutationPolicy::count(bool changed) const {
  ++opportunities_;
  if (changed) ++applied_;
}

// The members of this answer that are mutated; nullopt: the answer is not.
std::optional<std::vector<std::string>> MutationPolicy::find_members(const ResponseDefinition& answer,
                                                                     const ResponseVariant& variant) const {
  std::optional<std::vector<std::string>> members;
  for (const Mutation::Where& where : mutation_.where) {
    if (answer.name != where.answer || (where.variant && &answer.variants[*where.variant] != &variant)) continue;
    if (!members) members.emplace();
    members->push_back(where.member);
  }
  return members;
}

bool MutationPolicy::accepts_credential(const Call& call, CredentialState state) const {
  const bool regular = Policy::accepts_credential(call, state);
  if (regular || !concerns(call)) return regular;
  const bool accepted =
      (mutation_.kind == Kind::no_expiry && state == CredentialState::expired) ||
      (mutation_.kind == Kind::any_credential && (state == CredentialState::unknown || state == CredentialState::expired)) ||
      (mutation_.kind == Kind::any_password && state == CredentialState::wrong_password) || mutation_.kind == Kind::no_credential;
  if (accepted) count(true);
  return accepted;
}

void MutationPolicy::adjust_findings(const Call& call, Findings& findings) const {
  if (mutation_.kind != Kind::finding_suppressed || !concerns(call)) return;
  ++opportunities_;
  // Elements of a list are erased from the last to the first, so that the other pointers stay right.
  for (auto finding = findings.rbegin(); finding != findings.rend(); ++finding) {
    if (finding->rule != mutation_.name) continue;
    ++applied_;
    if (finding->pointer.empty())
      *call.body = Json::object();
    else
      erase_pointer(*call.body, finding->pointer);
  }
  std::erase_if(findings, [&](const Finding& finding) { return finding.rule == mutation_.name; });
}

int MutationPolicy::writes_per_success(const Call& call) const {
  if ((mutation_.kind != Kind::write_lost && mutation_.kind != Kind::written_twice) || !concerns(call)) return 1;
  count(true);
  return mutation_.kind == Kind::write_lost ? 0 : 2;
}

bool MutationPolicy::redelivery_compares_arguments(const Call& call) const {
  if (mutation_.kind != Kind::redelivery_by_id || !concerns(call)) return true;
  count(true);
  return false;
}

void MutationPolicy::adjust_element(const Call& call, const ResponseDefinition& answer, const ResponseVariant& variant,
                                    Json& element) const {
  if (!is_about_members(mutation_.kind) || !concerns(call)) return;
  if (const auto members = find_members(answer, variant)) count(mutate_members(mutation_, *members, element));
}

void MutationPolicy::adjust_items(const Call& call, Json& entries) const {
  if (mutation_.kind != Kind::items_reversed && mutation_.kind != Kind::item_dropped) return;
  if (entries.empty() || !concerns(call)) return;
  const Json before = entries;
  mutate_list(mutation_.kind, entries);
  count(entries != before);
}

void MutationPolicy::repeat_first(const Call& call, Response& response) const {
  const std::lock_guard lock(mutex_);
  const auto [first, is_new] = first_responses_.try_emplace(call.tenant.name + " " + call.request.target, response);
  count(!is_new && first->second != response);
  response = first->second;
}

Delivery MutationPolicy::decorate(const Call& call, const Trace& trace, Delivery delivery) const {
  if (trace.decisions.empty() || mutation_.api != call.contract.api) return delivery;
  const Decision& decision = trace.decisions.back();
  const Kind kind = mutation_.kind;
  if (kind == Kind::stale) {
    if (concerns(call, decision.operation)) repeat_first(call, delivery.response);
    return delivery;
  }
  std::vector<std::string> members;
  std::string reason;
  if (mutation_.where.empty()) {  // the response of a batch
    if (!call.route.is_batch || (!is_about_responses(kind) && !is_about_members(kind) && !is_about_elements(kind))) return delivery;
    members = {mutation_.name};
  } else {
    const ResponseDefinition* answer = call.contract.find_response(decision.answer);
    if (answer == nullptr || answer->scope != Scope::exchange || !concerns(call, decision.operation)) return delivery;
    const ResponseVariant& variant = pick_variant(*answer, call.state.switches);
    auto found = find_members(*answer, variant);
    if (!found) return delivery;
    members = std::move(*found);
    reason = reason_of(variant, call.state.switches);
  }
  if (kind == Kind::cut_off) {
    delivery.ending = Delivery::Ending::close;
    delivery.after_bytes = delivery.response.body.size() / 2;
    count(true);
    return delivery;
  }
  const Response before = delivery.response;
  mutate_response(mutation_, members, reason, delivery.response);
  count(delivery.response != before);
  return delivery;
}

std::shared_ptr<const MutationPolicy> make_policy(const Mutant& mutant) {
  return mutant.mutation.kind == Kind::none ? nullptr : std::make_shared<const MutationPolicy>(mutant.mutation);
}

}  // namespace understudy
