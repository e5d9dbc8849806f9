#include "mock/engine/snapshot.h"

#include <algorithm>
#include <charconv>

#include "contracts/src/base/number.h"
#include "mock/engine/arrange.h"
#include "mock/engine/engine.h"

namespace understudy {
namespace {

constexpr int kFormat = 1;
constexpr std::int64_t kYear = 365LL * 24 * 3600 * 1000;  // ms
constexpr std::int64_t kMostRequests = 1'000'000'000;     // of a limit: a million times more still fits
constexpr std::string_view kWindow = "window", kBucket = "bucket";

Problem bad_snapshot(const std::string& pointer, const std::string& message) {
  return make_problem(Failure::bad_file, "bad-snapshot", (pointer.empty() ? "" : pointer + ": ") + message);
}

// Reads a document member by member and keeps the first problem.
class SnapshotReader {
 public:
  SnapshotReader(const Json& document, const Contracts& contracts) : document_(&document), contracts_(&contracts) {}

  Result<Snapshot> read() {
    const Json* format = find_pointer(*document_, "/understudy_snapshot");
    if (format == nullptr || *format != kFormat)
      return tl::unexpected(bad_snapshot("", "expected a document with \"understudy_snapshot\": " + std::to_string(kFormat)));
    snapshot_.taken = time("/taken");
    read_env();
    read_profile();
    read_settings();
    read_records();
    read_delivered();
    read_limits();
    read_tokens();
    read_armed();
    if (problem_) return tl::unexpected(std::move(*problem_));
    return std::move(snapshot_);
  }

 private:
  void fail(const std::string& pointer, const std::string& message) {
    if (!problem_) problem_ = bad_snapshot(pointer, message);
  }
  // The member, or an empty value of that type if it is absent or of another type.
  const Json& object(const std::string& pointer) { return typed(pointer, Json::value_t::object); }
  const Json& list(const std::string& pointer) { return typed(pointer, Json::value_t::array); }
  const Json& typed(const std::string& pointer, Json::value_t type) {
    static const Json kNoMembers = Json::object();
    static const Json kNoElements = Json::array();
    const Json* found = find_pointer(*document_, pointer);
    if (found != nullptr && found->type() == type) return *found;
    if (found != nullptr)
      fail(pointer, "found " + describe(*found) + ", expected " + (type == Json::value_t::object ? "an object" : "a list"));
    return type == Json::value_t::object ? kNoMembers : kNoElements;
  }
  std::string text(const std::string& pointer) {
    const Json* found = find_pointer(*document_, pointer);
    if (found != nullptr && found->is_string()) return found->get<std::string>();
    fail(pointer, "found " + (found == nullptr ? "nothing" : describe(*found)) + ", expected text");
    return {};
  }
  Time time(const std::string& pointer) {
    const std::string written = text(pointer);
    const auto read = parse_rfc3339(written);
    if (!read) fail(pointer, "found '" + written + "', expected an RFC 3339 time");
    return read.value_or(Time{});
  }
  template <class Number>
  Number number(const std::string& pointer) {
    const Json* found = find_pointer(*document_, pointer);
    if (found != nullptr && found->is_number_integer()) return found->get<Number>();
    fail(pointer, "found " + (found == nullptr ? "nothing" : describe(*found)) + ", expected a whole number");
    return {};
  }
  const Contract* contract(const std::string& pointer, const std::string& api) {
    const Contract* found = contracts_->find_api(api);
    if (found == nullptr) fail(pointer, "found unknown API '" + api + "'");
    return found;
  }
  void read_env() {
    Env& env = snapshot_.env;
    if (find_pointer(*document_, "/clock/virtual") != nullptr)
      env.clock = Clock(time("/clock/virtual"));
    else
      env.clock = Clock(Milliseconds(std::clamp(number<std::int64_t>("/clock/ahead_ms"), -2000 * kYear, 7900 * kYear)));
    const std::string random = text("/random");
    std::uint64_t state = 0;
    const auto [end, error] = std::from_chars(random.data(), random.data() + random.size(), state);
    if (error != std::errc{} || end != random.data() + random.size()) fail("/random", "found '" + random + "', expected a number as text");
    env.random = Random(state);
    std::map<std::string, std::int64_t> ids;
    for (const auto& [sequence, next] : object("/ids").items()) ids[sequence] = number<std::int64_t>(join_pointer("/ids", sequence));
    env.ids.set_all(std::move(ids));
  }

  void read_profile() {
    auto profile = parse_profile(object("/profile"), *contracts_);
    if (!profile) return fail("/profile", profile.error().message);
    snapshot_.profile = std::move(*profile);
  }

  void read_settings() {
    for (const auto& one : contracts_->apis) {
      ApiState& state = snapshot_.states_by_api.try_emplace(one->api, *one).first->second;
      state.switches = resolve_profile(snapshot_.profile, *one);
      for (const Setting& setting : one->settings) state.settings[setting.name] = setting.value;
    }
    for (const auto& [api, settings] : object("/settings").items()) {
      const std::string place = join_pointer("/settings", api);
      const Contract* of = contract(place, api);
      if (of == nullptr) return;
      for (const auto& [name, value] : object(place).items()) {
        if (of->find_setting(name) == nullptr || !value.is_boolean())
          return fail(join_pointer(place, name), "expected a known setting that is true or false");
        snapshot_.states_by_api.at(api).settings[name] = value.get<bool>();
      }
    }
  }

  // The store for `name`, which is api.collection; null if there is none.
  Store* store(const std::string& pointer, const std::string& name, std::string& collection) {
    const auto dot = name.find('.');
    const Contract* of = contract(pointer, name.substr(0, dot));
    if (of == nullptr) return nullptr;
    collection = dot == std::string::npos ? "" : name.substr(dot + 1);
    if (const auto known = find_collection(*of, collection); !known) {
      fail(pointer, known.error().message);
      return nullptr;
    }
    return &snapshot_.states_by_api.at(of->api).store;
  }

  void read_records() {
    for (const auto& [name, records] : object("/records").items()) {
      const std::string place = join_pointer("/records", name);
      std::string collection;
      Store* into = store(place, name, collection);
      if (into == nullptr) return;
      for (const Json& record : list(place)) {
        if (into->key_of(collection, record).empty()) return fail(place, "found a record that is no object or has no key");
        into->put(collection, record);
      }
    }
    for (const Json& name : list("/seeded")) {
      std::string collection;
      Store* into = store("/seeded", name.is_string() ? name.get<std::string>() : std::string(), collection);
      if (into != nullptr) into->mark_seeded(collection);
    }
  }

  void read_delivered() {
    for (const auto& [api, calls] : object("/delivered").items()) {
      const std::string place = join_pointer("/delivered", api);
      if (contract(place, api) == nullptr) return;
      for (std::size_t one = 0; one < list(place).size(); ++one) {
        const std::string at = join_pointer(place, one);
        std::vector<std::optional<Json>> entries;
        for (const Json& entry : list(at + "/entries")) {
          if (!entry.is_array() || entry.size() > 1) return fail(at, "expected each entry to be a list of at most one element");
          entries.push_back(entry.empty() ? std::optional<Json>() : entry.front());
        }
        snapshot_.states_by_api.at(api).delivered.recall(text(at + "/call"), entries.size()) = std::move(entries);
      }
    }
  }

  Limiter read_limit(const std::string& place) {
    RateLimit limit;
    const std::string kind = text(place + "/kind");
    if (kind != kWindow && kind != kBucket) fail(place + "/kind", "found '" + kind + "', expected window or bucket");
    limit.kind = kind == kBucket ? RateLimit::Kind::bucket : RateLimit::Kind::window;
    limit.requests = number<std::int64_t>(place + "/requests");
    for (const auto& [name, into, most] :
         {std::tuple{"/seconds", &limit.seconds, 1e9}, std::tuple{"/per_second", &limit.per_second, 1e6}}) {
      const Json* found = find_pointer(*document_, place + name);
      const double value = found != nullptr && is_number(*found) ? to_double(*found) : -1;
      if (value < 0 || value > most) fail(place + name, "expected a number from 0 to " + describe(Json(most)));
      *into = value;
    }
    Limiter::Count count{
        .since = std::nullopt, .used = number<std::int64_t>(place + "/used"), .level = number<std::int64_t>(place + "/level")};
    if (find_pointer(*document_, place + "/since") != nullptr) count.since = time(place + "/since");
    if (limit.requests < 1 || limit.requests > kMostRequests) fail(place + "/requests", "expected 1 to " + std::to_string(kMostRequests));
    if (count.used < 0 || count.used > limit.requests) fail(place + "/used", "expected 0 to the number of requests of the limit");
    if (count.level < 0 || count.level / 1'000'000 > limit.requests)
      fail(place + "/level", "expected 0 to the number of requests of the limit");
    if (problem_) return Limiter();
    Limiter limiter{std::optional<RateLimit>(limit)};
    limiter.set_count(count);
    return limiter;
  }

  void read_limits() {
    for (const auto& [api, limit] : object("/limits").items()) {
      const std::string place = join_pointer("/limits", api);
      if (contract(place, api) == nullptr) return;
      if (!limit.is_null()) snapshot_.states_by_api.at(api).limiter = read_limit(place);
    }
  }

  void read_tokens() {
    for (std::size_t i = 0; i < list("/tokens").size(); ++i) {
      const std::string place = join_pointer("/tokens", i);
      snapshot_.tokens[text(place + "/token")] = {
          .username = text(place + "/username"), .issued = time(place + "/issued"), .expires = time(place + "/expires")};
    }
  }

  void read_armed() {
    for (std::size_t i = 0; i < list("/faults").size(); ++i) {
      const std::string place = join_pointer("/faults", i);
      auto read = understudy::read_faults(Json::array({object(place + "/fault")}), *contracts_, {});
      if (!read) return fail(place, read.error().message);
      ArmedFault& armed = snapshot_.faults.emplace_back(std::move(read->front()));
      armed.id = number<std::uint64_t>(place + "/id");
      armed.seen = number<std::uint64_t>(place + "/seen");
      armed.applied = number<std::uint64_t>(place + "/struck");
    }
  }

  const Json* document_;
  const Contracts* contracts_;
  Snapshot snapshot_;
  std::optional<Problem> problem_;
};

Json render_limit(const Limiter& limiter) {
  if (!limiter.limit()) return nullptr;
  const RateLimit& limit = *limiter.limit();
  const Limiter::Count& count = limiter.count();
  Json rendered = {{"kind", limit.kind == RateLimit::Kind::window ? kWindow : kBucket},
                   {"requests", limit.requests},
                   {"seconds", limit.seconds},
                   {"per_second", limit.per_second},
                   {"used", count.used},
                   {"level", count.level}};
  if (count.since) rendered["since"] = render_rfc3339_millis(*count.since);
  return rendered;
}

Json render_clock(const Clock& clock) {
  return clock.is_virtual() ? Json{{"virtual", render_rfc3339_millis(clock.now())}} : Json{{"ahead_ms", clock.shift().count()}};
}

}  // namespace

Snapshot take_snapshot(const Tenant& tenant) {
  Snapshot snapshot{
      .taken = tenant.env.clock.now(), .env = tenant.env, .profile = tenant.profile, .tokens = tenant.tokens, .faults = tenant.faults};
  for (const auto& [api, state] : tenant.states_by_api) snapshot.states_by_api.emplace(api, *state);
  return snapshot;
}

void restore_snapshot(Tenant& tenant, const Snapshot& snapshot) {
  tenant.env = snapshot.env;
  tenant.profile = snapshot.profile;
  for (const auto& [api, state] : snapshot.states_by_api) *tenant.states_by_api.at(api) = state;
  tenant.tokens = snapshot.tokens;
  tenant.faults = snapshot.faults;
  for (const ArmedFault& fault : tenant.faults) tenant.next_fault_id = std::max(tenant.next_fault_id, fault.id + 1);
}

Json count_records(const std::map<std::string, ApiState, std::less<>>& states_by_api) {
  Json counts = Json::object();
  for (const auto& [api, state] : states_by_api) {
    for (const std::string& collection : state.store.collections()) counts[api + "." + collection] = state.store.count(collection);
  }
  return counts;
}

Json render_snapshot(const Snapshot& snapshot) {
  Json profile = snapshot.profile.overrides;
  profile["base"] = snapshot.profile.base;
  Json settings = Json::object(), records = Json::object(), seeded = Json::array(), delivered = Json::object(), limits = Json::object();
  for (const auto& [api, state] : snapshot.states_by_api) {
    settings[api] = state.settings;
    for (const std::string& collection : state.store.collections()) {
      const std::string name = api + "." + collection;
      Json& list = records[name] = Json::array();
      for (const Record& record : state.store.list(collection)) list.push_back(*record);
      if (state.store.is_seeded(collection)) seeded.push_back(name);
    }
    for (const auto& [call, done] : state.delivered.calls()) {
      Json entries = Json::array();
      for (const auto& entry : done) entries.push_back(entry ? Json::array({*entry}) : Json::array());
      delivered[api].push_back({{"call", call}, {"entries", std::move(entries)}});
    }
    limits[api] = render_limit(state.limiter);
  }
  Json tokens = Json::array(), faults = Json::array();
  for (const auto& [value, token] : snapshot.tokens) {
    tokens.push_back({{"token", value},
                      {"username", token.username},
                      {"issued", render_rfc3339_millis(token.issued)},
                      {"expires", render_rfc3339_millis(token.expires)}});
  }
  for (const ArmedFault& fault : snapshot.faults) {
    Json written = fault.written;
    if (!fault.spec.on.empty()) written["on"] = fault.spec.on;
    faults.push_back({{"fault", std::move(written)}, {"id", fault.id}, {"seen", fault.seen}, {"struck", fault.applied}});
  }
  return {{"understudy_snapshot", kFormat},
          {"taken", render_rfc3339_millis(snapshot.taken)},
          {"clock", render_clock(snapshot.env.clock)},
          {"random", std::to_string(snapshot.env.random.state())},
          {"ids", snapshot.env.ids.all()},
          {"profile", std::move(profile)},
          {"settings", std::move(settings)},
          {"records", std::move(records)},
          {"seeded", std::move(seeded)},
          {"delivered", std::move(delivered)},
          {"limits", std::move(limits)},
          {"tokens", std::move(tokens)},
          {"faults", std::move(faults)}};
}

Result<Snapshot> parse_snapshot(const Json& document, const Contracts& contracts) { return SnapshotReader(document, contracts).read(); }

}  // namespace understudy
