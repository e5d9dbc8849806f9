// A whole state as JSON, exactly: also what snapshots that people export leave out, such as the serial numbers of records.
#include "mock/state/commit.h"
#include "mock/state/json_values.h"

namespace understudy {
namespace {

Json render_store(const Store& store) {
  Json collections = Json::object();
  for (const std::string& collection : store.collections()) {
    Json records = Json::array();
    for (const StoredRecord& one : store.entries(collection)) records.push_back(Json::array({one.serial, one.id, write_value(one.record)}));
    collections[collection] = {{"seeded", store.is_seeded(collection)}, {"records", std::move(records)}};
  }
  return {{"last_serial", store.last_serial()}, {"collections", std::move(collections)}};
}

Json render_delivered(const Redeliveries& delivered) {
  Json calls = Json::array();
  for (const auto& [call, entries] : delivered.calls())
    calls.push_back(Json::array({call, write_value(std::make_shared<const Redeliveries::Entries>(entries))}));
  return calls;
}

std::shared_ptr<const RateLimit> limit_of(const Limiter& limiter) {
  return limiter.limit() ? std::make_shared<const RateLimit>(*limiter.limit()) : nullptr;
}

// Reads a state member by member; notes the place of the first mistake.
class StateReader {
 public:
  StateReader(const Json& document, const Contracts& contracts) : document_(document), contracts_(contracts), state_(contracts) {}

  Result<std::shared_ptr<const TenantState>> read() {
    read_env();
    for (const auto& [api, value] : object(document_, "apis").items()) {
      if (state_.states_by_api.contains(api))
        read_api(value, state_.states_by_api.find(api)->second);
      else
        fail("apis/" + api);
    }
    read_tokens();
    read_faults();
    for (const auto& [name, value] : object(document_, "snapshots").items()) {
      std::shared_ptr<const Snapshot> snapshot;
      expect(read_value(value, snapshot, contracts_), "snapshots");
      state_.snapshots.emplace(name, std::move(snapshot));
    }
    if (!wrong_.empty())
      return tl::unexpected(make_problem(Failure::bad_file, "bad-state", "the member '" + wrong_ + "' of a state is absent or wrong"));
    return std::make_shared<const TenantState>(std::move(state_));
  }

 private:
  void fail(std::string place) {
    if (wrong_.empty()) wrong_ = std::move(place);
  }
  void expect(bool is_right, const char* place) {
    if (!is_right) fail(place);
  }
  const Json& object(const Json& from, const char* name) { return member(from, name, &Json::is_object); }
  const Json& list(const Json& from, const char* name) { return member(from, name, &Json::is_array); }
  const Json& member(const Json& from, const char* name, bool (Json::*is_type)() const) {
    static const Json kNone = Json::object();
    const auto found = from.is_object() ? from.find(name) : from.end();
    if (from.is_object() && found != from.end() && ((*found).*is_type)()) return *found;
    fail(name);
    return kNone;
  }
  template <class Value>
  Value value(const Json& from, const char* name) {
    Value read{};
    const auto found = from.is_object() ? from.find(name) : from.end();
    expect(from.is_object() && found != from.end() && read_value(*found, read, contracts_), name);
    return read;
  }

  void read_env() {
    state_.env.clock = value<Clock>(document_, "clock");
    state_.env.random = value<Random>(document_, "random");
    for (const auto& [sequence, next] : object(document_, "ids").items()) {
      std::int64_t number = 1;
      expect(read_value(next, number, contracts_), "ids");
      state_.env.ids.set(sequence, number);
    }
    if (const auto profile = value<std::shared_ptr<const Profile>>(document_, "profile")) state_.profile = *profile;
    state_.next_fault_id = value<std::uint64_t>(document_, "next_fault_id");
  }

  void read_api(const Json& from, ApiState& api) {
    const Json& records = object(from, "records");
    for (const auto& [collection, content] : object(records, "collections").items()) {
      std::vector<StoredRecord> entries;
      for (const Json& one : list(content, "records")) {
        StoredRecord& entry = entries.emplace_back();
        std::string_view id;
        expect(one.is_array() && one.size() == 3 && read_value(one[0], entry.serial, contracts_) && read_value(one[1], id, contracts_) &&
                   read_value(one[2], entry.record, contracts_),
               "records");
        entry.id = id;
      }
      if (wrong_.empty()) api.store.restore(collection, std::move(entries), value<bool>(content, "seeded"));
    }
    api.store.set_last_serial(value<std::uint64_t>(records, "last_serial"));
    for (const auto& [name, setting] : object(from, "switches").items()) api.switches.insert_or_assign(name, setting);
    for (const auto& [name, setting] : object(from, "settings").items()) {
      bool is_on = false;
      expect(read_value(setting, is_on, contracts_), "settings");
      api.settings.insert_or_assign(name, is_on);
    }
    if (const auto limit = value<std::shared_ptr<const RateLimit>>(from, "limit")) api.limiter = Limiter(std::optional<RateLimit>(*limit));
    api.limiter.set_count(value<Limiter::Count>(from, "count"));
    read_delivered(list(from, "delivered"), api.delivered);
    api.settled_until = value<Time>(from, "settled_until");
  }

  void read_delivered(const Json& calls, Redeliveries& delivered) {
    for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
      std::string_view key;
      std::shared_ptr<const Redeliveries::Entries> entries;
      if (!call->is_array() || call->size() != 2 || !read_value((*call)[0], key, contracts_) ||
          !read_value((*call)[1], entries, contracts_))
        return fail("delivered");
      delivered.place(key, *entries, {});
    }
  }

  void read_tokens() {
    for (const auto& [token, written] : object(document_, "tokens").items()) {
      state_.tokens[token] = {.username = std::string(value<std::string_view>(written, "username")),
                              .issued = value<Time>(written, "issued"),
                              .expires = value<Time>(written, "expires")};
    }
  }

  void read_faults() {
    if (const auto faults = value<std::shared_ptr<const std::vector<ArmedFault>>>(document_, "faults")) state_.faults = *faults;
  }

  const Json& document_;
  const Contracts& contracts_;
  TenantState state_;
  std::string wrong_;
};

}  // namespace

Json render_state(const TenantState& state) {
  Json apis = Json::object(), tokens = Json::object(), snapshots = Json::object();
  for (const auto& [api, of_api] : state.states_by_api) {
    apis[api] = {{"records", render_store(of_api.store)},
                 {"switches", of_api.switches},
                 {"settings", of_api.settings},
                 {"limit", write_value(limit_of(of_api.limiter))},
                 {"count", write_value(of_api.limiter.count())},
                 {"delivered", render_delivered(of_api.delivered)},
                 {"settled_until", write_value(of_api.settled_until)}};
  }
  for (const auto& [value, token] : state.tokens)
    tokens[value] = {{"username", token.username}, {"issued", write_value(token.issued)}, {"expires", write_value(token.expires)}};
  for (const auto& [name, snapshot] : state.snapshots) snapshots[name] = write_value(snapshot);
  return {{"clock", write_value(state.env.clock)},
          {"random", write_value(state.env.random)},
          {"ids", state.env.ids.all()},
          {"profile", write_value(std::make_shared<const Profile>(state.profile))},
          {"apis", std::move(apis)},
          {"tokens", std::move(tokens)},
          {"faults", write_value(std::make_shared<const std::vector<ArmedFault>>(state.faults))},
          {"next_fault_id", state.next_fault_id},
          {"snapshots", std::move(snapshots)}};
}

Result<std::shared_ptr<const TenantState>> parse_state(const Json& document, const Contracts& contracts) {
  return StateReader(document, contracts).read();
}

Json write_value(const std::shared_ptr<const TenantState>& state) { return render_state(*state); }

Json write_value(const std::shared_ptr<const Snapshot>& snapshot) {
  return {{"taken", write_value(snapshot->taken)}, {"state", render_state(*snapshot)}};
}

bool read_value(const Json& from, std::shared_ptr<const TenantState>& state, const Contracts& contracts) {
  auto read = parse_state(from, contracts);
  if (read) state = *std::move(read);
  return read.has_value();
}

bool read_value(const Json& from, std::shared_ptr<const Snapshot>& snapshot, const Contracts& contracts) {
  const Json* taken = find_pointer(from, "/taken");
  const Json* written = find_pointer(from, "/state");
  Snapshot read;
  std::shared_ptr<const TenantState> state;
  if (taken == nullptr || written == nullptr || !read_value(*taken, read.taken, contracts) || !read_value(*written, state, contracts))
    return false;
  static_cast<TenantState&>(read) = *state;
  snapshot = std::make_shared<const Snapshot>(std::move(read));
  return true;
}

}  // namespace understudy
