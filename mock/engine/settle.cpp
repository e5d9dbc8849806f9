// Records that change by themselves: the words `later` of collections.yaml.
#include <algorithm>

#include "mock/engine/engine.h"

namespace understudy {
namespace {

// RFC 3339, or the same without a zone and with a blank for the T: UTC.
std::optional<Time> read_time(const Json* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  std::string text = value->get<std::string>();
  if (const auto time = parse_rfc3339(text)) return time;
  if (const auto blank = text.find(' '); blank != std::string::npos) text[blank] = 'T';
  return parse_rfc3339(text + "Z");
}

// When the step is due for the record; nullopt: it is not for this record.
std::optional<Time> due_at(const LaterStep& step, const Json& record, const Switches& switches) {
  if (!has_members(record, step.from)) return std::nullopt;
  const auto since = read_time(find_pointer(record, step.since));
  const auto chosen = step.after.is_object() ? switches.find(step.after.value("switch", "")) : switches.end();
  const auto delay = delay_of(chosen == switches.end() ? step.after : chosen->second);
  if (!since || !delay) return std::nullopt;
  return *since + *delay;
}

void apply(const LaterStep& step, Time due, const Contract& contract, const ApiState& state, Json& record) {
  const Json context = {
      {"record", record},          {"now", render_rfc3339(due)}, {"now_plain", render_plain(due)}, {"account", contract.account},
      {"setting", state.settings}, {"switch", state.switches}};
  for (const auto& [pointer, value] : step.set) set_pointer(record, pointer, value.fill(context));
}

// Applies what is due, step by step. Returns when the next step is due.
Time settle_record(Tenant& tenant, const Contract& contract, const ApiState& state, const Collection& collection, const Record& stored,
                   Time now) {
  constexpr int kMostSteps = 100;  // two steps may lead to each other
  std::optional<Json> changed;
  Time next = Time::max();
  for (int i = 0; i < kMostSteps; ++i) {
    const Json& record = changed ? *changed : *stored;
    const LaterStep* first = nullptr;
    next = Time::max();
    for (const LaterStep& step : collection.later) {
      const auto due = due_at(step, record, state.switches);
      if (!due || *due >= next) continue;
      next = *due;
      first = &step;
    }
    if (next > now || first == nullptr) break;
    Json after = record;
    apply(*first, next, contract, state, after);
    changed = std::move(after);
  }
  if (changed) {
    const std::string id = record_id(contract, collection.name, *changed);
    tenant.write(change::RecordStored{.api = contract.api,
                                      .collection = collection.name,
                                      .id = id,
                                      .record = PackedRecord(*changed),
                                      .is_new = false,
                                      .value = &*changed});
  }
  return next;
}

}  // namespace

void settle(Tenant& tenant, const Contract& contract) {
  if (contract.changing.empty()) return;
  const ApiState& state = tenant.state().states_by_api.at(contract.api);
  const Time now = tenant.state().env.clock.now();
  if (now < state.settled_until) return;
  Time until = Time::max();
  for (const std::string& name : contract.changing) {
    const Collection& collection = contract.collections.at(name);
    for (const Record& record : state.store.list(name))
      until = std::min(until, settle_record(tenant, contract, state, collection, record, now));
  }
  if (until != state.settled_until) tenant.write(change::Settled{.api = contract.api, .until = until});
}

}  // namespace understudy
