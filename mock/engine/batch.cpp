// One exchange that carries many calls. Each item has a transaction of its own, so that what is done stays done when a fault ends
// the exchange between two items.
#include <algorithm>

#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"
#include "mock/engine/walk.h"

namespace understudy {
namespace {

thread_local SpareText spare_keys, spare_entries;  // of Remembered

Rejection reject_by_fault(const ResponseDefinition& answer) { return {.answer = answer.name, .rule = "fault"}; }

// The element of the response: the batch's envelope, the call's answer, and the id that the call was sent with.
Json wrap_element(const Batch& batch, const Json& sent, Json members) {
  Json element = members.is_object() ? std::move(members) : Json::object();
  for (auto member = batch.envelope.begin(); member != batch.envelope.end(); ++member) element.emplace(member.key(), *member);
  const Json* id = find_pointer(sent, batch.member_correlation);
  set_pointer(element, batch.member_correlation, id == nullptr ? Json() : *id);
  return element;
}

// Findings of the arguments by the item that they lie in; those in no item concern the whole call.
struct ShapeFindings {
  Findings call;
  std::map<std::size_t, Findings> items;
};

ShapeFindings sort_findings(const Call& call, Findings findings) {
  ShapeFindings sorted;
  const std::string prefix = call.operation->items + "/";
  for (Finding& finding : findings) {
    const std::string& pointer = finding.pointer;
    if (call.operation->items.empty() || !pointer.starts_with(prefix)) {
      sorted.call.push_back(std::move(finding));
      continue;
    }
    const auto end = pointer.find('/', prefix.size());
    const std::size_t index = std::stoul(pointer.substr(prefix.size(), end - prefix.size()));
    finding.pointer = end == std::string::npos ? "" : pointer.substr(end);
    finding.message = word_finding(call.contract, finding);
    sorted.items[index].push_back(std::move(finding));
  }
  return sorted;
}

// Judges, performs and commits one item by itself, or a call without items. Returns its entry in the response.
Json run_item(Call call, Json item, const Findings& shape, Trace& trace) {
  const Operation& operation = *call.operation;
  call.body = &item;
  if (!shape.empty()) {
    const Rejection rejection{.answer = operation.refusals.shape, .findings = shape, .rule = shape.front().rule, .place = operation.place};
    return refuse_element(call, rejection, trace);
  }
  Transaction transaction(call.state.store);
  CallResult result = run_call(call, transaction);
  if (!result) return refuse_element(call, result.error(), trace);
  if (const auto rejection = commit(call, *result, transaction, trace)) {
    trace.limit_reached = rejection->findings.front().message;
    return refuse_element(call, *rejection, trace);
  }
  trace.decisions.push_back({.operation = operation.name, .answer = result->answer, .evaluated_rules = std::move(result->evaluated_rules)});
  return render_element(call, *std::move(result));
}

Json& items_of(const Call& call) {
  static thread_local Json none;
  Json* items = find_pointer(*call.arguments, call.operation->items);
  return items != nullptr && items->is_array() ? *items : none = Json::array();
}

// What is remembered of a call: the entries that it left when it was delivered before. Vendors repeat calls that got no answer: what
// was done is repeated in the response, and only the rest is performed.
class Remembered {
 public:
  // Writes that the call was delivered, if its operation remembers calls.
  Remembered(const Call& call, const Json& sent, std::size_t items) : call_(call) {
    if (!call.operation->idempotent_redelivery) return;
    const Json* id = find_pointer(sent, call.contract.batch->member_correlation);
    key_ = spare_keys.take();
    key_ += '[';  // a list as JSON
    append_json(call.operation->id, key_);
    key_ += ',';
    append_json(id == nullptr ? Json() : *id, key_);
    if (call.policy.redelivery_compares_arguments(call)) {
      key_ += ',';
      append_json(*call.arguments, key_);
    }
    key_ += ']';
    call.tenant.write(change::CallDelivered{.api = call.contract.api, .call = key_, .items = items});
  }

  ~Remembered() { spare_keys.keep(std::move(key_)); }
  Remembered(const Remembered&) = delete;
  Remembered& operator=(const Remembered&) = delete;

  std::optional<Json> find(std::size_t item) const {
    const Redeliveries::Entries* entries = key_.empty() ? nullptr : call_.state.delivered.find(key_);
    if (entries == nullptr || item >= entries->size() || !(*entries)[item]) return std::nullopt;
    auto entry = parse_json(*(*entries)[item]);
    return entry ? std::optional(*std::move(entry)) : std::nullopt;
  }
  void keep(std::size_t item, const Json& entry) const {
    if (key_.empty()) return;
    std::string text = spare_entries.take();
    append_json(entry, text);
    call_.tenant.write(change::ItemDone{.api = call_.contract.api, .call = key_, .item = item, .entry = text});
    spare_entries.keep(std::move(text));
  }

 private:
  const Call& call_;
  std::string key_;  // empty: calls of the operation are not remembered
};

// The entries of a call with items; nullopt: a fault ended the exchange between two of them, and `delivery` goes out.
std::optional<Json> run_items(const Call& call, const Json& sent, const ShapeFindings& shape, FaultInjector& faults, Delivery& delivery,
                              Trace& trace) {
  Json& items = items_of(call);
  const Remembered remembered(call, sent, items.size());
  Json entries = Json::array();
  trace.decisions.reserve(trace.decisions.size() + items.size());
  trace.committed.reserve(trace.committed.size() + items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (faults.stop_at(FaultSpec::Phase::between_items, delivery, i)) return std::nullopt;
    if (auto before = remembered.find(i)) {
      entries.push_back(*std::move(before));
      continue;
    }
    const auto wrong = shape.items.find(i);
    Json entry =
        run_item(call, call.may_take_body ? std::move(items[i]) : items[i], wrong == shape.items.end() ? Findings() : wrong->second, trace);
    if (!trace.limit_reached.empty()) return entries;  // not done: a later delivery tries it again
    remembered.keep(i, entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

// What a call without items is answered with, or was when it was delivered before.
Json run_whole(const Call& call, const Json& sent, const Json& arguments, Trace& trace) {
  const Remembered remembered(call, sent, 1);
  if (auto before = remembered.find(0)) return *std::move(before);
  Json answered = run_item(call, arguments, {}, trace);
  if (trace.limit_reached.empty()) remembered.keep(0, answered);
  return answered;
}

// What a fault answers for every item; nothing is performed and nothing is remembered.
Json refuse_items(const Call& call, const ResponseDefinition& answer, Trace& trace) {
  Json entries = Json::array();
  for (std::size_t i = 0; i < items_of(call).size(); ++i) entries.push_back(refuse_element(call, reject_by_fault(answer), trace));
  return entries;
}

// What one call is answered with; nullopt: a fault ended the exchange, and `delivery` goes out.
std::optional<Json> run_batch_call(Call call, Json& sent, std::vector<FaultInjector>& all_faults, Delivery& delivery, Trace& trace) {
  const Operation& operation = *call.operation;
  const Batch& batch = *call.contract.batch;
  Json* sent_arguments = find_pointer(sent, batch.member_arguments);
  Json arguments = operation.binder->bind(sent_arguments == nullptr ? Json() : std::move(*sent_arguments));
  FaultInjector& faults = all_faults.emplace_back(call, arguments, trace);

  const ResponseDefinition* instead = faults.find_replacement(FaultSpec::Phase::before);
  if (instead != nullptr && instead->scope == Scope::call) return refuse_element(call, reject_by_fault(*instead), trace);
  if (faults.stop_at(FaultSpec::Phase::before, delivery)) return std::nullopt;
  call.body = &arguments;
  ShapeFindings shape = sort_findings(call, check_body(call));
  call.body = nullptr;
  call.arguments = &arguments;
  if (!shape.call.empty()) {
    const std::string rule = shape.call.front().rule;
    const Rejection rejection{.answer = batch.bad_arguments, .findings = std::move(shape.call), .rule = rule, .place = operation.place};
    return refuse_element(call, rejection, trace);
  }
  if (faults.stop_at(FaultSpec::Phase::before_commit, delivery)) return std::nullopt;

  Json members;
  if (operation.items.empty()) {
    members = run_whole(call, sent, arguments, trace);
  } else {
    auto entries = instead != nullptr ? refuse_items(call, *instead, trace) : run_items(call, sent, shape, faults, delivery, trace);
    if (!entries) return std::nullopt;
    call.policy.adjust_items(call, *entries);
    members = {{batch.result_member, std::move(*entries)}};
  }
  const ResponseDefinition* afterwards = faults.find_replacement(FaultSpec::Phase::after_commit);
  if (afterwards != nullptr && afterwards->scope == Scope::call) return refuse_element(call, reject_by_fault(*afterwards), trace);
  return members;
}

}  // namespace

Delivery walk_batch(const Call& exchange, Decoded& decoded, Trace& trace) {
  const Batch& batch = *exchange.contract.batch;
  if (decoded.state != Decoded::State::ready) {
    const Finding finding{.code = std::string(decoded.code), .message = decoded.message};
    return {.response = refuse(exchange, {.answer = batch.undecodable, .findings = {finding}, .rule = "undecodable"}, trace)};
  }
  const CredentialState login = check_login(exchange.tenant, exchange.presented.username, exchange.presented.password);
  const bool authorized = exchange.policy.accepts_credential(exchange, login);
  if (authorized) {
    if (const auto rejection = throttle(exchange)) return {.response = refuse(exchange, *rejection, trace)};
  }

  Delivery delivery;
  Json elements = Json::array();
  std::vector<FaultInjector> faults;
  faults.reserve(decoded.value.size());
  const auto decorate = [&] {
    for (const FaultInjector& one : faults) one.decorate(delivery);
    return delivery;
  };
  for (Json& sent : decoded.value) {
    const std::string method = text_at(sent, batch.member_operation);
    if (method == batch.credential_operation) continue;  // a notification: it yields no element
    Call call = exchange;
    const auto known = batch.calls.find(method);
    if (known != batch.calls.end()) call.operation = exchange.contract.find_operation(known->second);
    std::optional<Json> members;
    if (!authorized)
      members = refuse_element(call, {.answer = batch.not_authorized, .rule = "credentials"}, trace);
    else if (call.operation == nullptr)
      members = refuse_element(call, {.answer = batch.unknown_call, .rule = "method"}, trace);
    else
      members = run_batch_call(call, sent, faults, delivery, trace);
    if (!members) return decorate();
    elements.push_back(wrap_element(batch, sent, *std::move(members)));
  }
  delivery.response = trace.limit_reached.empty() ? json_answer(200, elements) : limit_response(trace.limit_reached);
  discard(elements);
  for (FaultInjector& one : faults) {
    if (one.stop_at(FaultSpec::Phase::after_commit, delivery)) break;
  }
  return decorate();
}

}  // namespace understudy
