// One exchange that carries many calls: the engine loops over calls and items, one transaction an item, so that what is done
// stays done when a fault strikes between two items.
#include <algorithm>

#include "mock/engine/exchange.h"

namespace understudy {
namespace {

// The call at work, and what its elements need.
struct BatchCall {
  const Json& call;
  const Operation* operation = nullptr;
  Json arguments;
};

Json element_of(const Exchange& exchange, const Json& call, Json members) {
  Json element = exchange.contract.batch->envelope;
  if (members.is_object()) element.update(members);
  const Json* id = find_pointer(call, exchange.contract.batch->member_correlation);
  set_pointer(element, exchange.contract.batch->member_correlation, id == nullptr ? Json() : *id);
  return element;
}

Json refuse_call(Exchange& exchange, const BatchCall& at, const Rejection& refusal) {
  exchange.entry.decisions.push_back({.operation = at.operation == nullptr ? std::string() : at.operation->name,
                                      .answer = refusal.answer,
                                      .rule = refusal.rule,
                                      .place = place_text(refusal.place),
                                      .findings = first_findings(refusal.findings)});
  return element_of(exchange, at.call, render_element(exchange, at.operation, refusal.answer, refusal_context(exchange.contract, refusal)));
}

// Findings of the arguments, told apart by the item they lie in; what lies in none concerns the whole call.
struct ShapeFindings {
  Findings call;
  std::map<std::size_t, Findings> items;
};

ShapeFindings sort_findings(const Contract& contract, const Operation& operation, Findings findings) {
  ShapeFindings sorted;
  const std::string prefix = operation.items + "/";
  for (Finding& finding : findings) {
    const std::string& pointer = finding.pointer;
    if (operation.items.empty() || !pointer.starts_with(prefix)) {
      sorted.call.push_back(std::move(finding));
      continue;
    }
    const auto end = pointer.find('/', prefix.size());
    const std::size_t index = std::stoul(pointer.substr(prefix.size(), end - prefix.size()));
    finding.pointer = end == std::string::npos ? "" : pointer.substr(end);
    finding.message = word_finding(contract, finding);
    sorted.items[index].push_back(std::move(finding));
  }
  return sorted;
}

// One item: judged, performed and committed by itself. Returns its entry in the result.
Json answer_item(Exchange& exchange, const BatchCall& at, Json item, const Findings& shape) {
  const Operation& operation = *at.operation;
  exchange.bound = &item;
  Decision decision{.operation = operation.name};
  std::optional<Rejection> refusal;
  Json context;
  if (!shape.empty())
    refusal = Rejection{.answer = operation.refusals.shape, .findings = shape, .rule = shape.front().rule, .place = operation.place};
  if (!refusal) {
    Transaction transaction(exchange.state.store);
    refusal = check_rows(exchange, operation, item, transaction, decision.asked);
    if (!refusal) {
      Performed performed = perform(exchange, operation, item, at.arguments, exchange.query, transaction);
      refusal = std::move(performed.refusal);
      decision.answer = performed.reply.answer;
      context = std::move(performed.reply.context);
      const ResponseDefinition* answer = exchange.contract.find_response(decision.answer);
      if (!refusal && answer != nullptr && answer->success && !is_deviant(exchange, Deviation::Kind::write_lost, &operation)) {
        for (Change& change : transaction.commit()) exchange.entry.committed.push_back(std::move(change));
        if (is_deviant(exchange, Deviation::Kind::written_twice, &operation)) perform_again(exchange, operation, item, at.arguments);
      }
    }
  }
  if (refusal) {
    decision.answer = refusal->answer;
    decision.rule = refusal->rule;
    decision.place = place_text(refusal->place);
    decision.findings = first_findings(refusal->findings);
    context = refusal_context(exchange.contract, *refusal);
  }
  Json entry = render_element(exchange, at.operation, decision.answer, std::move(context));
  exchange.entry.decisions.push_back(std::move(decision));
  exchange.bound = nullptr;
  return entry;
}

// A deviation may let a call through whose list is missing.
Json items_of(const BatchCall& at) {
  const Json* items = find_pointer(at.arguments, at.operation->items);
  return items != nullptr && items->is_array() ? *items : Json::array();
}

// What a call is recognised by when it is delivered again.
std::string redelivery_key(const Exchange& exchange, const BatchCall& at, const Json& id) {
  if (is_deviant(exchange, Deviation::Kind::redelivery_by_id, at.operation)) return render_json(Json::array({at.operation->id, id}));
  return render_json(Json::array({at.operation->id, id, at.arguments}));
}

// The entries of a call with items; nullopt: a fault struck between two of them and `delivery` goes out as it is.
std::optional<Json> answer_items(Exchange& exchange, const BatchCall& at, const ShapeFindings& shape, Strikes& faults, Delivery& delivery) {
  const Operation& operation = *at.operation;
  const Json items = items_of(at);
  const Json* id = find_pointer(at.call, exchange.contract.batch->member_correlation);
  std::vector<std::optional<Json>> once(items.size());
  // The vendor repeats a call it got no answer for: what was done is told again, the rest is done now.
  auto& done = operation.idempotent_redelivery
                   ? exchange.state.delivered.recall(redelivery_key(exchange, at, id == nullptr ? Json() : *id), items.size())
                   : once;
  done.resize(std::max(done.size(), items.size()));
  Json entries = Json::array();
  const Findings none;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (faults.stop_at(FaultSpec::Phase::between_items, delivery, i)) return std::nullopt;
    if (!done[i]) {
      const auto wrong = shape.items.find(i);
      done[i] = answer_item(exchange, at, items[i], wrong == shape.items.end() ? none : wrong->second);
    }
    entries.push_back(*done[i]);
  }
  return entries;
}

// What a fault says of every item, nothing performed and nothing remembered.
std::optional<Json> answer_all_items(Exchange& exchange, const BatchCall& at, const ResponseDefinition& answer) {
  Json entries = Json::array();
  for (std::size_t i = 0, n = items_of(at).size(); i < n; ++i) {
    exchange.entry.decisions.push_back({.operation = at.operation->name, .answer = answer.name, .rule = "fault"});
    entries.push_back(render_element(exchange, at.operation, answer.name, Json::object()));
  }
  return entries;
}

std::optional<Json> answer_call(Exchange& exchange, BatchCall& at, Delivery& delivery, std::vector<Strikes>& all_faults) {
  const Operation& operation = *at.operation;
  const Json* arguments = find_pointer(at.call, exchange.contract.batch->member_arguments);
  Bound bound = operation.binder->bind(arguments == nullptr ? Json() : *arguments);
  at.arguments = std::move(bound.body);
  all_faults.emplace_back(exchange, operation, at.arguments);
  Strikes& faults = all_faults.back();

  const ResponseDefinition* instead = faults.answer_instead(FaultSpec::Phase::before);
  if (instead != nullptr && instead->scope == Scope::call) {
    return refuse_call(exchange, at, {.answer = instead->name, .rule = "fault"});
  }
  if (faults.stop_at(FaultSpec::Phase::before, delivery)) return std::nullopt;
  Findings wrong = check_shape(exchange.contract, operation, at.arguments);
  waive(exchange, operation, wrong, at.arguments);
  ShapeFindings shape = sort_findings(exchange.contract, operation, std::move(wrong));
  if (!shape.call.empty()) {
    const std::string rule = shape.call.front().rule;
    return refuse_call(
        exchange, at,
        {.answer = exchange.contract.batch->bad_arguments, .findings = std::move(shape.call), .rule = rule, .place = operation.place});
  }
  if (faults.stop_at(FaultSpec::Phase::before_commit, delivery)) return std::nullopt;

  Json members;
  if (!operation.items.empty()) {
    auto entries = instead != nullptr ? answer_all_items(exchange, at, *instead) : answer_items(exchange, at, shape, faults, delivery);
    if (!entries) return std::nullopt;
    bend_items(exchange, operation, *entries);
    members = {{exchange.contract.batch->result_member, std::move(*entries)}};
  } else {
    members = answer_item(exchange, at, at.arguments, {});
  }
  Json element = element_of(exchange, at.call, std::move(members));
  const ResponseDefinition* afterwards = faults.answer_instead(FaultSpec::Phase::after_commit);
  if (afterwards != nullptr && afterwards->scope == Scope::call) {
    return refuse_call(exchange, at, {.answer = afterwards->name, .rule = "fault"});
  }
  return element;
}

bool is_authorized(const Exchange& exchange, const Presented& presented) {
  const Tenant& tenant = exchange.tenant;
  if (is_deviant(exchange, Deviation::Kind::any_credential)) return true;
  return !tenant.username.empty() && presented.username == tenant.username &&
         (presented.password == tenant.password || is_deviant(exchange, Deviation::Kind::any_password));
}

std::string method_of(const Exchange& exchange, const Json& call) {
  const Json* method = find_pointer(call, exchange.contract.batch->member_operation);
  return method != nullptr && method->is_string() ? method->get<std::string>() : std::string();
}

Response batch_response(const Json& elements) {
  Response response;
  response.status = 200;
  response.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
  response.body = render_json(elements);
  return response;
}

}  // namespace

Delivery walk_batch(Exchange& exchange) {
  const Batch& batch = *exchange.contract.batch;
  Delivery delivery;
  const Decoded& decoded = exchange.incoming.decoded;
  if (decoded.state != Decoded::State::ready) {
    Finding finding;
    finding.code = "body-not-readable";
    finding.message = decoded.message;
    delivery.response = refuse(exchange, nullptr, {.answer = batch.undecodable, .findings = {finding}, .rule = "undecodable"});
    return delivery;
  }
  const Json& calls = decoded.value;
  const bool authorized = is_authorized(exchange, exchange.incoming.presented);
  if (authorized) {
    if (const auto refusal = throttle(exchange, exchange.contract.refusals)) {
      delivery.response = refuse(exchange, nullptr, *refusal);
      return delivery;
    }
  }

  Json elements = Json::array();
  std::vector<Strikes> faults;
  faults.reserve(calls.size());
  for (const Json& call : calls) {
    const std::string method = method_of(exchange, call);
    if (method == batch.credential_operation) continue;  // a notification: it yields no element
    BatchCall at{.call = call, .operation = nullptr};
    const auto known = batch.calls.find(method);
    if (known != batch.calls.end()) at.operation = exchange.contract.find_operation(known->second);
    if (!authorized) {
      elements.push_back(refuse_call(exchange, at, {.answer = batch.not_authorized, .rule = "credentials"}));
    } else if (at.operation == nullptr) {
      elements.push_back(refuse_call(exchange, at, {.answer = batch.unknown_call, .rule = "method"}));
    } else if (auto element = answer_call(exchange, at, delivery, faults)) {
      elements.push_back(std::move(*element));
    } else {
      for (const Strikes& one : faults) one.decorate(delivery);
      return delivery;
    }
  }
  delivery.response = batch_response(elements);
  for (Strikes& one : faults) {
    if (one.stop_at(FaultSpec::Phase::after_commit, delivery)) break;
  }
  for (const Strikes& one : faults) one.decorate(delivery);
  return delivery;
}

}  // namespace understudy
