// Snapshots as JSON.
#include <algorithm>
#include <charconv>

#include "contracts/src/base/number.h"
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
    each_api("/limits", [&](const Contract&, ApiState& state, const std::string& place) {
      if (!find_pointer(*document_, place)->is_null()) state.limiter = read_limit(place);
    });
    read_tokens();
    read_armed();
    if (problem_) return tl::unexpected(std::move(*problem_));
    return std::move(snapshot_);
  }

 private:
  using IsType = bool (Json::*)() const;

  void fail(const std::string& pointer, const std::string& message) {
    if (!problem_) problem_ = bad_snapshot(pointer, message);
  }
  inline static const Json kAbsent = Json::object();  // has neither members nor elements
  // The member; kAbsent, and a problem, if it is absent or of another type.
  const Json& member(const std::string& pointer, IsType is_type, const char* expected) {
    const Json* found = find_pointer(*document_, pointer);
    if (found != nullptr && (found->*is_type)()) return *found;
    fail(pointer, "found " + (found == nullptr ? "nothing" : describe(*found)) + ", expected " + expected);
    return kAbsent;
  }
  // These two may be absent.
  const Json& object(const std::string& pointer) { return has(pointer) ? member(pointer, &Json::is_object, "an object") : kAbsent; }
  const Json& list(const std::string& pointer) { return has(pointer) ? member(pointer, &Json::is_array, "a list") : kAbsent; }
  bool has(const std::string& pointer) const { return find_pointer(*document_, pointer) != nullptr; }

  std::string text(const std::string& pointer) {
    const Json& found = member(pointer, &Json::is_string, "text");
    return found.is_string() ? found.get<std::string>() : std::string();
  }
  template <class Number>
  Number number(const std::string& pointer) {
    const Json& found = member(pointer, &Json::is_number_integer, "a whole number");
    return found.is_number_integer() ? found.get<Number>() : Number{};
  }
  Time time(const std::string& pointer) {
    const std::string written = text(pointer);
    const auto read = parse_rfc3339(written);
    if (!read) fail(pointer, "found '" + written + "', expected an RFC 3339 time");
    return read.value_or(Time{});
  }
  const Contract* contract(const std::string& pointer, const std::string& api) {
    const Contract* found = contracts_->find_api(api);
    if (found == nullptr) fail(pointer, "found unknown API '" + api + "'");
    return found;
  }
  // Calls `read` for each member of the object, which is named like an API.
  template <class Read>
  void each_api(const std::string& section, const Read& read) {
    for (const auto& [api, value] : object(section).items()) {
      const std::string place = join_pointer(section, api);
      if (const Contract* of = contract(place, api)) read(*of, snapshot_.states_by_api.at(api), place);
    }
  }

  void read_env() {
    Env& env = snapshot_.env;
    if (has("/clock/virtual"))
      env.clock = Clock(time("/clock/virtual"));
    else
      env.clock = Clock(Milliseconds(std::clamp(number<std::int64_t>("/clock/ahead_ms"), -2000 * kYear, 7900 * kYear)));
    const std::string random = text("/random");
    std::uint64_t state = 0;
    const auto [end, error] = std::from_chars(random.data(), random.data() + random.size(), state);
    if (error != std::errc{} || end != random.data() + random.size()) fail("/random", "found '" + random + "', expected a number as text");
    env.random = Random(state);
    for (const auto& [sequence, next] : object("/ids").items()) env.ids.set(sequence, number<std::int64_t>(join_pointer("/ids", sequence)));
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
    each_api("/settings", [&](const Contract& of, ApiState& state, const std::string& place) {
      for (const auto& [name, value] : object(place).items()) {
        if (of.find_setting(name) == nullptr || !value.is_boolean())
          return fail(join_pointer(place, name), "expected a known setting that is true or false");
        state.settings[name] = value.get<bool>();
      }
    });
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
    each_api("/delivered", [&](const Contract&, ApiState& state, const std::string& place) {
      for (std::size_t i = 0; i < list(place).size(); ++i) {
        const std::string call = join_pointer(place, i);
        Redeliveries::Entries entries;
        for (const Json& entry : list(call + "/entries")) {
          if (!entry.is_array() || entry.size() > 1) return fail(call, "expected each entry to be a list of at most one element");
          entries.push_back(entry.empty() ? std::optional<std::string>() : render_json(entry.front()));
        }
        const std::string key = text(call + "/call");
        state.delivered.deliver(key, entries.size());
        for (std::size_t item = 0; item < entries.size(); ++item) {
          if (entries[item]) state.delivered.finish(key, item, *entries[item]);
        }
      }
    });
  }

  Limiter read_limit(const std::string& place) {
    const std::string kind = text(place + "/kind");
    if (kind != kWindow && kind != kBucket) fail(place + "/kind", "found '" + kind + "', expected window or bucket");
    const auto amount = [&](const char* name, double most) {
      const Json* found = find_pointer(*document_, place + name);
      const double value = found != nullptr && is_number(*found) ? to_double(*found) : -1;
      if (value < 0 || value > most) fail(place + name, "expected a number from 0 to " + describe(Json(most)));
      return value;
    };
    RateLimit limit;
    limit.kind = kind == kBucket ? RateLimit::Kind::bucket : RateLimit::Kind::window;
    limit.requests = number<std::int64_t>(place + "/requests");
    limit.seconds = amount("/seconds", 1e9);
    limit.per_second = amount("/per_second", 1e6);
    Limiter::Count count{.used = number<std::int64_t>(place + "/used"), .level = number<std::int64_t>(place + "/level")};
    if (has(place + "/since")) count.since = time(place + "/since");
    if (limit.requests < 1 || limit.requests > kMostRequests) fail(place + "/requests", "expected 1 to " + std::to_string(kMostRequests));
    const auto check = [&](const char* name, std::int64_t value, std::int64_t unit) {
      if (value < 0 || value / unit > limit.requests) fail(place + name, "expected 0 to the number of requests of the limit");
    };
    check("/used", count.used, 1);
    check("/level", count.level, 1'000'000);
    if (problem_) return Limiter();
    Limiter limiter{std::optional<RateLimit>(limit)};
    limiter.set_count(count);
    return limiter;
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
      auto read = read_faults(Json::array({object(place + "/fault")}), *contracts_, {});
      if (!read) return fail(place, read.error().message);
      ArmedFault& armed = snapshot_.faults.emplace_back(ArmedFault{.definition = std::move(read->front())});
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

Json render_snapshot(const Snapshot& snapshot) {
  Json profile = snapshot.profile.overrides;
  profile["base"] = snapshot.profile.base;
  Json settings = Json::object(), records = Json::object(), seeded = Json::array(), delivered = Json::object(), limits = Json::object();
  for (const auto& [api, state] : snapshot.states_by_api) {
    settings[api] = state.settings;
    for (const std::string& collection : state.store.collections()) {
      const std::string name = api + "." + collection;
      Json& list = records[name] = Json::array();
      for (const StoredRecord& one : state.store.entries(collection)) list.push_back(*one.record.read());
      if (state.store.is_seeded(collection)) seeded.push_back(name);
    }
    const auto& calls = state.delivered.calls();
    for (auto delivery = calls.rbegin(); delivery != calls.rend(); ++delivery) {
      const auto& [call, done] = *delivery;
      Json entries = Json::array();
      for (const auto& entry : done) entries.push_back(entry ? Json::array({parse_json(*entry).value_or(Json())}) : Json::array());
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
    faults.push_back({{"fault", fault.definition->written}, {"id", fault.id}, {"seen", fault.seen}, {"struck", fault.applied}});
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
