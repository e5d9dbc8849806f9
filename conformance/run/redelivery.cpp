#include "conformance/run/redelivery.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "contracts/src/model/contract.h"

namespace understudy {
namespace {

// The elements of the calls that answer, in their order; nothing unless there is one for each.
std::optional<std::vector<Json>> elements_of(const Message& message, const TransportResult& result) {
  if (result.outcome != Outcome::answered || result.response.status / 100 != 2) return std::nullopt;
  const auto body = parse_json(result.response.body);
  if (!body || !body->is_array()) return std::nullopt;
  std::vector<Json> elements;
  for (const auto& call : message.calls) {
    const bool answers = call.operation == nullptr || !call.operation->answers_nothing;
    if (answers && elements.size() == body->size()) return std::nullopt;
    elements.push_back(answers ? (*body)[elements.size()] : Json());
  }
  return elements;
}

// Where the ids of the things that a call makes stand in its element.
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

std::string parent_of(const std::string& pointer, std::string_view id) { return pointer.substr(0, pointer.size() - id.size()); }

}  // namespace

bool is_acknowledged(const Message& message, const TransportResult& result) {
  if (!message.is_batch || !message.contract->batch->redelivery) return true;
  const auto elements = elements_of(message, result);
  if (!elements) return false;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const auto* operation = message.calls[i].operation;
    const bool answers = operation == nullptr || !operation->answers_nothing;
    if (answers && find_pointer((*elements)[i], message.contract->batch->redelivery->acknowledged) == nullptr) return false;
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
    Finding finding;
    finding.code = "redelivery";
    finding.pointer = std::move(pointer);
    finding.expected = std::move(expected);
    finding.actual = std::move(actual);
    finding.message = std::move(text);
    finding.rule = operation == nullptr ? message.contract->api : operation->name;
    finding.source = redelivery.fact.source;
    finding.evidence = redelivery.fact.evidence;
    finding.place = place;
    findings.push_back(std::move(finding));
  };
  if (!is_acknowledged(message, result)) {
    const auto seen = result.outcome != Outcome::answered
                          ? std::string(to_string(result.outcome))
                          : fmt::format("status {}, {}", result.response.status, result.response.body.substr(0, 120));
    add(nullptr, "", fmt::format("an acknowledgement: an element with {} for each call", redelivery.acknowledged), seen,
        "The caller would go on delivering this batch.");
    return findings;
  }
  const auto elements = elements_of(message, result);
  for (const auto& [at, id] : delivered.ids) {
    const auto& [number, pointer] = at;
    const auto* operation = message.calls[number].operation;
    const auto& id_pointer = *message.contract->find_response(operation->success)->variants.front().id;
    const Json* found = elements ? find_pointer((*elements)[number], pointer) : nullptr;
    if (found != nullptr && json_equal(*found, id)) continue;
    const Json* entry = elements ? find_pointer((*elements)[number], parent_of(pointer, id_pointer)) : nullptr;
    add(operation, pointer, fmt::format("{}, as the first delivery was answered", describe(id)),
        found != nullptr   ? describe(*found)
        : entry != nullptr ? describe(*entry, 120)
                           : "absent",
        found != nullptr ? "It was made twice: whoever takes a batch must know it again."
                         : "What was done is to be told again: whoever takes a batch must know it again.");
  }
  return findings;
}

}  // namespace understudy
