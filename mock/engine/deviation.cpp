#include "mock/engine/deviation.h"

#include <algorithm>

#include "contracts/src/model/responses.h"
#include "mock/engine/exchange.h"

namespace understudy {
namespace {

using Kind = Deviation::Kind;

// --- members ------------------------------------------------------------------------------------------------------------

// A value of the same type that is never equal.
Json other_value(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>() < 1'000'000'000 ? value.get<std::int64_t>() + 1 : 1;
  if (value.is_number()) return value.get<double>() + 1;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_string()) return value.get<std::string>() + "-other";
  return value;
}

bool bend_member(const Deviation& deviation, const std::string& member, Json& body) {
  bool changed = false;
  for (const std::string& place : expand_pointer(body, member)) {
    Json* value = find_pointer(body, place);
    if (value == nullptr) continue;
    Json before = *value;
    switch (deviation.kind) {
      case Kind::member_missing: changed |= erase_pointer(body, place); continue;
      case Kind::member_value: *value = deviation.value; break;
      case Kind::member_as_text:
        if (value->is_number()) *value = render_json(*value);
        break;
      case Kind::member_other: *value = other_value(*value); break;
      default: break;
    }
    changed |= *value != before || value->type() != before.type();
  }
  return changed;
}

// A schema may stand at several places of one answer.
bool bend_members(const Deviation& deviation, const std::vector<std::string>& members, Json& body) {
  bool changed = false;
  for (const std::string& member : members) changed |= bend_member(deviation, member, body);
  return changed;
}

bool is_about_members(Kind kind) {
  return kind == Kind::member_missing || kind == Kind::member_value || kind == Kind::member_as_text || kind == Kind::member_other;
}

// --- whole answers --------------------------------------------------------------------------------------------------------

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

void bend_body(const Deviation& deviation, const std::vector<std::string>& members, Response& response) {
  auto parsed = parse_json(response.body);
  if (!parsed) return;
  if (deviation.kind == Kind::wrapped)
    *parsed = Json{{"data", *parsed}};
  else if (!bend_members(deviation, members, *parsed))
    return;
  response.body = render_json(*parsed);
}

void bend_response(const Deviation& deviation, const std::vector<std::string>& members, const std::string& reason, Response& response) {
  switch (deviation.kind) {
    case Kind::status:
      response.status = deviation.value.get<int>();
      response.reason.clear();
      break;
    case Kind::reason:
      response.reason = deviation.value.get<std::string>();
      if (!reason.empty()) replace_all(response.body, reason, response.reason);
      break;
    case Kind::header_missing:
      std::erase_if(response.headers, [&](const Header& one) { return equals_ignore_case(one.name, deviation.name); });
      break;
    case Kind::content_type:
      std::erase_if(response.headers, [](const Header& one) { return equals_ignore_case(one.name, "Content-Type"); });
      if (deviation.value.is_string()) response.headers.push_back({"Content-Type", deviation.value.get<std::string>()});
      break;
    case Kind::body:
      response.body = deviation.value.get<std::string>();
      if (!deviation.name.empty()) set_header(response.headers, "Content-Type", deviation.name);
      break;
    case Kind::cut_short: response.body.resize(response.body.size() / 2); break;
    default: bend_body(deviation, members, response);
  }
}

// --- batches ----------------------------------------------------------------------------------------------------------------

bool bend_elements(const Deviation& deviation, Json& elements) {
  switch (deviation.kind) {
    case Kind::elements_reversed: std::reverse(elements.begin(), elements.end()); return elements.size() > 1;
    case Kind::element_dropped:
      if (elements.empty()) return false;
      elements.erase(elements.size() - 1);
      return true;
    case Kind::bare_element:
      if (elements.size() != 1) return false;
      elements = Json(elements.front());
      return true;
    case Kind::wrapped: elements = Json{{"data", elements}}; return true;
    default: return bend_member(deviation, deviation.name, elements);
  }
}

// --- whom it concerns ---------------------------------------------------------------------------------------------------------

bool concerns(const Exchange& exchange, const std::string& operation) {
  const Deviation& what = exchange.misconduct->deviation;
  return what.api == exchange.contract.api && (what.operation.empty() || what.operation == operation);
}

// Where in this answer it is wrong; nullopt: not in this one.
std::optional<std::vector<std::string>> find_members_of(const Deviation& what, const ResponseDefinition& answer,
                                                        const ResponseVariant& variant) {
  std::optional<std::vector<std::string>> members;
  for (const Deviation::Where& one : what.where) {
    if (answer.name != one.answer || (one.variant && &answer.variants[*one.variant] != &variant)) continue;
    if (!members) members.emplace();
    members->push_back(one.member);
  }
  return members;
}

// A read that repeats itself for ever.
void repeat_first(Misconduct& misconduct, const Exchange& exchange, Response& response) {
  const std::lock_guard lock(misconduct.mutex);
  const auto [first, is_new] = misconduct.remembered.try_emplace(exchange.tenant.name + " " + exchange.request.target, response);
  ++misconduct.met;
  if (is_new || first->second == response) return;
  ++misconduct.struck;
  response = first->second;
}

}  // namespace

bool is_deviant(const Exchange& exchange, Kind kind, const Operation* operation) {
  if (exchange.misconduct == nullptr || exchange.misconduct->deviation.kind != kind) return false;
  if (!concerns(exchange, operation == nullptr ? std::string() : operation->name)) return false;
  ++exchange.misconduct->met;
  ++exchange.misconduct->struck;
  return true;
}

void waive(const Exchange& exchange, const Operation& operation, Findings& findings, Json& body) {
  if (exchange.misconduct == nullptr || exchange.misconduct->deviation.kind != Kind::waived || !concerns(exchange, operation.name)) return;
  Misconduct& misconduct = *exchange.misconduct;
  ++misconduct.met;
  // Elements of a list fall from the last to the first, so that the pointers of the others stay right.
  for (auto finding = findings.rbegin(); finding != findings.rend(); ++finding) {
    if (finding->rule != misconduct.deviation.name) continue;
    ++misconduct.struck;
    if (finding->pointer.empty())
      body = Json::object();
    else
      erase_pointer(body, finding->pointer);
  }
  std::erase_if(findings, [&](const Finding& one) { return one.rule == misconduct.deviation.name; });
}

void bend_delivery(const Exchange& exchange, bool is_batch, Delivery& delivery) {
  if (exchange.misconduct == nullptr || exchange.entry.decisions.empty()) return;
  Misconduct& misconduct = *exchange.misconduct;
  const Deviation& what = misconduct.deviation;
  const Decision& decision = exchange.entry.decisions.back();
  const Response before = delivery.response;
  if (what.kind == Kind::stale) {
    if (concerns(exchange, decision.operation)) repeat_first(misconduct, exchange, delivery.response);
    return;
  }
  const ResponseDefinition* answer = exchange.contract.find_response(decision.answer);
  std::string reason;
  std::vector<std::string> members;
  if (is_batch && what.where.empty()) {
    // The whole exchange of a batch is an answer of no name.
    if (what.api != exchange.contract.api || what.kind < Kind::status) return;
    if (what.kind >= Kind::wrapped && what.kind != Kind::cut_short && what.kind != Kind::cut_off) {
      auto elements = parse_json(delivery.response.body);
      if (!elements || !elements->is_array()) return;
      ++misconduct.met;
      if (!bend_elements(what, *elements)) return;
      delivery.response.body = render_json(*elements);
      ++misconduct.struck;
      return;
    }
  } else {
    if (what.kind < Kind::status || what.where.empty() || answer == nullptr || answer->scope != Scope::exchange) return;
    const ResponseVariant& variant = pick_variant(*answer, exchange.state.switches);
    auto found = find_members_of(what, *answer, variant);
    if (!found || !concerns(exchange, decision.operation)) return;
    members = std::move(*found);
    reason = reason_of(variant, exchange.state.switches);
  }
  ++misconduct.met;
  if (what.kind == Kind::cut_off) {
    delivery.ending = Delivery::Ending::close;
    delivery.after_bytes = delivery.response.body.size() / 2;
    ++misconduct.struck;
    return;
  }
  bend_response(what, members, reason, delivery.response);
  if (!(delivery.response == before)) ++misconduct.struck;
}

void bend_element(const Exchange& exchange, const Operation* operation, const ResponseDefinition& answer, const ResponseVariant& variant,
                  Json& element) {
  if (exchange.misconduct == nullptr || !is_about_members(exchange.misconduct->deviation.kind)) return;
  if (!concerns(exchange, operation == nullptr ? std::string() : operation->name)) return;
  const auto members = find_members_of(exchange.misconduct->deviation, answer, variant);
  if (!members) return;
  ++exchange.misconduct->met;
  if (bend_members(exchange.misconduct->deviation, *members, element)) ++exchange.misconduct->struck;
}

void bend_items(const Exchange& exchange, const Operation& operation, Json& entries) {
  if (exchange.misconduct == nullptr || entries.empty()) return;
  const Kind kind = exchange.misconduct->deviation.kind;
  if ((kind != Kind::items_reversed && kind != Kind::item_dropped) || !concerns(exchange, operation.name)) return;
  ++exchange.misconduct->met;
  if (kind == Kind::item_dropped) {
    entries.erase(entries.size() - 1);
  } else {
    const Json before = entries;
    std::reverse(entries.begin(), entries.end());
    if (entries == before) return;
  }
  ++exchange.misconduct->struck;
}

}  // namespace understudy
