#include "conformance/run/redelivery.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "conformance/judge/judge.h"
#include "contracts/src/model/contract.h"

namespace understudy {
namespace {

// One element for each call, null for calls without an answer; nothing where an element is missing.
std::optional<std::vector<Json>> elements_of(const Message& message, const TransportResult& result) {
  if (!is_success(result)) return std::nullopt;
  const auto body = parse_body(result.response.body);
  if (!body || !body->is_array()) return std::nullopt;
  std::vector<Json> elements;
  std::size_t next = 0;
  for (const auto& call : message.calls) {
    if (call.is_answered() && next == body->size()) return std::nullopt;
    elements.push_back(call.is_answered() ? (*body)[next++] : Json());
  }
  return elements;
}

// Calls visit(pointer, id) for each record that the call creates; `id` is null where the element lacks it.
template <class Visit>
void visit_ids(const Message& message, std::size_t number, const Json& element, const Visit& visit) {
  const auto* operation = message.calls[number].operation;
  const auto* success = operation == nullptr ? nullptr : message.contract->find_response(operation->success);
  if (success == nullptr || success->variants.empty() || !success->variants.front().id) return;
  const auto& id = *success->variants.front().id;
  if (operation->items.empty()) return visit(id, find_pointer(element, id));
  const auto list = join_pointer("", message.contract->batch->result_member);
  const Json* items = find_pointer(element, list);
  for (std::size_t i = 0; items != nullptr && items->is_array() && i < items->size(); ++i)
    visit(join_pointer(list, i) + id, find_pointer((*items)[i], id));
}

}  // namespace

bool is_acknowledged(const Message& message, const TransportResult& result) {
  if (!message.is_batch || !message.contract->batch->redelivery) return true;
  const auto elements = elements_of(message, result);
  if (!elements) return false;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const auto& acknowledged = message.contract->batch->redelivery->acknowledged;
    if (message.calls[i].is_answered() && find_pointer((*elements)[i], acknowledged) == nullptr) return false;
  }
  return true;
}

void note_delivery(const Message& message, const TransportResult& result, Delivered& delivered) {
  const auto elements = elements_of(message, result);
  for (std::size_t i = 0; elements && i < elements->size(); ++i) {
    visit_ids(message, i, (*elements)[i], [&](const std::string& pointer, const Json* id) {
      if (id != nullptr) delivered.ids.emplace(std::pair(i, pointer), *id);
    });
  }
}

Findings check_redelivery(const Message& message, const TransportResult& result, const Delivered& delivered, const Place& place) {
  Findings findings;
  const auto& redelivery = *message.contract->batch->redelivery;
  const auto add = [&](const Operation* operation, std::string pointer, std::string expected, std::string actual, std::string text) {
    auto finding = make_finding(place, "redelivery", std::move(pointer), std::move(expected), std::move(actual));
    finding.message = std::move(text);
    finding.rule = operation == nullptr ? message.contract->api : operation->name;
    finding.source = redelivery.fact.source;
    finding.evidence = redelivery.fact.evidence;
    findings.push_back(std::move(finding));
  };
  if (!is_acknowledged(message, result)) {
    const auto seen = result.outcome != Outcome::answered
                          ? std::string(to_string(result.outcome))
                          : fmt::format("status {}, {}", result.response.status, result.response.body.substr(0, 120));
    add(nullptr, "", fmt::format("an acknowledgement: an element with {} for each call", redelivery.acknowledged), seen,
        "The caller would deliver this batch again.");
    return findings;
  }
  const auto elements = elements_of(message, result);
  for (const auto& [at, id] : delivered.ids) {
    const auto& [number, pointer] = at;
    const auto* operation = message.calls[number].operation;
    const auto& id_pointer = *message.contract->find_response(operation->success)->variants.front().id;
    const Json* found = elements ? find_pointer((*elements)[number], pointer) : nullptr;
    if (found != nullptr && json_equal(*found, id)) continue;
    const auto parent = pointer.substr(0, pointer.size() - id_pointer.size());
    const Json* entry = elements ? find_pointer((*elements)[number], parent) : nullptr;
    add(operation, pointer, fmt::format("{}, as in the answer to the first delivery", describe(id)),
        found != nullptr   ? describe(*found)
        : entry != nullptr ? describe(*entry, 120)
                           : "absent",
        found != nullptr ? "The batch was delivered twice and created a second record; deliveries must be idempotent."
                         : "A repeated delivery must be answered with the records that the first one created.");
  }
  return findings;
}

}  // namespace understudy
