// What differs between two states, member by member.
#include <set>

#include "mock/history/history.h"

namespace understudy {
namespace {

bool is_same_text(const Json& one, const Json& other) { return render_json(one) == render_json(other); }

// Adds what differs, as deep as objects and lists of the same size have the same members.
void compare(const Json* before, const Json* after, const std::string& pointer, Json& out) {
  if (before != nullptr && after != nullptr && is_same_text(*before, *after)) return;
  if (before != nullptr && after != nullptr && before->is_object() && after->is_object()) {
    std::set<std::string> names;
    for (const Json* one : {before, after}) {
      for (const auto& [name, value] : one->items()) names.insert(name);
    }
    for (const std::string& name : names) {
      const auto member = [&](const Json& of) {
        const auto found = of.find(name);
        return found == of.end() ? nullptr : &*found;
      };
      compare(member(*before), member(*after), join_pointer(pointer, name), out);
    }
    return;
  }
  if (before != nullptr && after != nullptr && before->is_array() && after->is_array() && before->size() == after->size()) {
    for (std::size_t i = 0; i < before->size(); ++i) compare(&(*before)[i], &(*after)[i], join_pointer(pointer, i), out);
    return;
  }
  Json entry = {{"pointer", pointer}};
  if (before != nullptr) entry["before"] = *before;
  if (after != nullptr) entry["after"] = *after;
  out.push_back(std::move(entry));
}

Json compare(const Json& before, const Json& after) {
  Json out = Json::array();
  compare(&before, &after, "", out);
  return out;
}

class RecordsDiff {
 public:
  explicit RecordsDiff(std::string name) : name_(std::move(name)) {}

  Json render(const std::vector<StoredRecord>& before, const std::vector<StoredRecord>& after) {
    std::map<std::string_view, const StoredRecord*> earlier;
    for (const StoredRecord& entry : before) earlier.emplace(entry.id, &entry);
    for (const StoredRecord& entry : after) {
      const auto found = earlier.find(entry.id);
      if (found == earlier.end()) {
        add(entry, "added")["record"] = *entry.record.read();
        continue;
      }
      const PackedRecord& old = found->second->record;
      if (old != entry.record) add(entry, "changed")["members"] = compare(*old.read(), *entry.record.read());
      earlier.erase(found);
    }
    for (const StoredRecord& entry : before) {
      if (earlier.contains(entry.id)) add(entry, "removed")["record"] = *entry.record.read();
    }
    return std::move(list_);
  }

 private:
  Json& add(const StoredRecord& entry, const char* change) {
    list_.push_back({{"collection", name_}, {"id", entry.id}, {"change", change}});
    return list_.back();
  }

  std::string name_;
  Json list_ = Json::array();
};

Json render_limit_counts(const Limiter& limiter) {
  if (!limiter.limit()) return "none";
  Json out = {{"requests", limiter.limit()->requests}, {"used", limiter.count().used}, {"level", limiter.count().level}};
  if (limiter.count().since) out["since"] = render_rfc3339_millis(*limiter.count().since);
  return out;
}

Json render_calls(const Redeliveries& delivered) {
  Json calls = Json::object();
  for (const auto& [call, entries] : delivered.calls())
    calls[call] = std::ranges::count_if(entries, [](const auto& entry) { return entry.has_value(); });
  return calls;
}

// All but the records.
Json render_rest(const TenantState& state) {
  const Clock& clock = state.env.clock;
  Json profile = state.profile.overrides;
  profile["base"] = state.profile.base;
  Json settings = Json::object(), seeded = Json::object(), limits = Json::object(), delivered = Json::object(), tokens = Json::object(),
       faults = Json::object(), snapshots = Json::object();
  for (const auto& [api, of_api] : state.states_by_api) {
    settings[api] = of_api.settings;
    for (const std::string& collection : of_api.store.collections()) {
      if (of_api.store.is_seeded(collection)) seeded[api + "." + collection] = true;
    }
    limits[api] = render_limit_counts(of_api.limiter);
    delivered[api] = render_calls(of_api.delivered);
  }
  for (const auto& [value, token] : state.tokens) {
    tokens[value] = {
        {"username", token.username}, {"issued", render_rfc3339_millis(token.issued)}, {"expires", render_rfc3339_millis(token.expires)}};
  }
  for (const ArmedFault& fault : state.faults)
    faults[std::to_string(fault.id)] = {{"fault", fault.definition->written}, {"seen", fault.seen}, {"struck", fault.applied}};
  for (const auto& [name, snapshot] : state.snapshots) snapshots[name] = {{"taken", render_rfc3339_millis(snapshot->taken)}};
  return {{"clock", clock.is_virtual() ? Json{{"virtual", render_rfc3339_millis(clock.now())}} : Json{{"ahead_ms", clock.shift().count()}}},
          {"random", std::to_string(state.env.random.state())},
          {"ids", state.env.ids.all()},
          {"profile", std::move(profile)},
          {"settings", std::move(settings)},
          {"seeded", std::move(seeded)},
          {"limits", std::move(limits)},
          {"delivered", std::move(delivered)},
          {"tokens", std::move(tokens)},
          {"faults", std::move(faults)},
          {"snapshots", std::move(snapshots)}};
}

}  // namespace

Json render_difference(const TenantState& before, const TenantState& after) {
  Json records = Json::array();
  for (const auto& [api, now] : after.states_by_api) {
    const auto earlier = before.states_by_api.find(api);
    std::set<std::string> collections;
    for (const std::string& name : now.store.collections()) collections.insert(name);
    if (earlier != before.states_by_api.end()) {
      for (const std::string& name : earlier->second.store.collections()) collections.insert(name);
    }
    for (const std::string& name : collections) {
      if (earlier != before.states_by_api.end() && now.store.shares_table(earlier->second.store, name)) continue;
      const auto old = earlier == before.states_by_api.end() ? std::vector<StoredRecord>() : earlier->second.store.entries(name);
      for (Json& one : RecordsDiff(api + "." + name).render(old, now.store.entries(name))) records.push_back(std::move(one));
    }
  }
  return {{"records", std::move(records)}, {"state", compare(render_rest(before), render_rest(after))}};
}

}  // namespace understudy
