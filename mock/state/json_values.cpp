#include "mock/state/json_values.h"

#include <charconv>

#include "contracts/src/base/number.h"

namespace understudy {
namespace {

constexpr std::string_view kWindow = "window", kBucket = "bucket";

// A member of an object, or null.
const Json& member_of(const Json& from, const char* name) {
  static const Json kNone;
  if (!from.is_object()) return kNone;
  const auto found = from.find(name);
  return found == from.end() ? kNone : *found;
}

template <class Value>
bool read_member(const Json& from, const char* name, Value& value, const Contracts& contracts) {
  return read_value(member_of(from, name), value, contracts);
}

bool read_double(const Json& from, double& value) {
  if (!is_number(from)) return false;
  value = to_double(from);
  return true;
}

}  // namespace

Json write_value(std::string_view text) { return text; }
Json write_value(bool value) { return value; }
Json write_value(std::int64_t number) { return number; }
Json write_value(std::uint64_t number) { return number; }
Json write_value(Time time) { return static_cast<std::int64_t>(time.time_since_epoch().count()); }
Json write_value(const PackedRecord& record) { return record.has_value() ? *record.read() : Json(); }
Json write_value(const Random& random) { return std::to_string(random.state()); }

Json write_value(const Clock& clock) {
  return clock.is_virtual() ? Json{{"virtual", write_value(clock.now())}} : Json{{"ahead", write_value(Time(clock.shift()))}};
}

Json write_value(const Limiter::Count& count) {
  Json out = {{"used", count.used}, {"level", count.level}};
  if (count.since) out["since"] = write_value(*count.since);
  return out;
}

Json write_value(const std::shared_ptr<const RateLimit>& limit) {
  if (limit == nullptr) return nullptr;
  return {{"kind", limit->kind == RateLimit::Kind::window ? kWindow : kBucket},
          {"requests", limit->requests},
          {"seconds", limit->seconds},
          {"per_second", limit->per_second}};
}

Json write_value(const std::shared_ptr<const Redeliveries::Entries>& entries) {
  Json out = Json::array();
  for (const auto& entry : *entries) out.push_back(entry ? Json(*entry) : Json());
  return out;
}

Json write_value(const std::shared_ptr<const FaultDefinition>& fault) { return fault->written; }

Json write_value(const std::shared_ptr<const std::vector<ArmedFault>>& faults) {
  Json out = Json::array();
  for (const ArmedFault& fault : *faults)
    out.push_back({{"fault", fault.definition->written}, {"id", fault.id}, {"seen", fault.seen}, {"applied", fault.applied}});
  return out;
}

Json write_value(const std::shared_ptr<const Profile>& profile) { return {{"base", profile->base}, {"switches", profile->overrides}}; }

bool read_value(const Json& from, std::string_view& text, const Contracts&) {
  if (!from.is_string()) return false;
  text = from.get_ref<const std::string&>();
  return true;
}

bool read_value(const Json& from, bool& value, const Contracts&) {
  if (!from.is_boolean()) return false;
  value = from.get<bool>();
  return true;
}

bool read_value(const Json& from, std::int64_t& number, const Contracts&) {
  if (!from.is_number_integer()) return false;
  number = from.get<std::int64_t>();
  return true;
}

bool read_value(const Json& from, std::uint64_t& number, const Contracts&) {
  if (!from.is_number_integer()) return false;
  number = from.get<std::uint64_t>();
  return true;
}

bool read_value(const Json& from, Time& time, const Contracts& contracts) {
  std::int64_t milliseconds = 0;
  if (!read_value(from, milliseconds, contracts)) return false;
  time = Time(Milliseconds(milliseconds));
  return true;
}

bool read_value(const Json& from, PackedRecord& record, const Contracts&) {
  if (!from.is_object()) return false;
  record = PackedRecord(from);
  return true;
}

bool read_value(const Json& from, Random& random, const Contracts& contracts) {
  std::string_view text;
  if (!read_value(from, text, contracts)) return false;
  std::uint64_t state = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), state);
  random = Random(state);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_value(const Json& from, Clock& clock, const Contracts& contracts) {
  Time time;
  if (read_member(from, "virtual", time, contracts)) {
    clock = Clock(time);
    return true;
  }
  if (!read_member(from, "ahead", time, contracts)) return false;
  clock = Clock(Milliseconds(time.time_since_epoch()));
  return true;
}

bool read_value(const Json& from, Limiter::Count& count, const Contracts& contracts) {
  Time since;
  count.since.reset();
  if (read_member(from, "since", since, contracts)) count.since = since;
  return read_member(from, "used", count.used, contracts) && read_member(from, "level", count.level, contracts);
}

bool read_value(const Json& from, std::shared_ptr<const RateLimit>& limit, const Contracts& contracts) {
  limit.reset();
  if (from.is_null()) return true;
  RateLimit read;
  std::string_view kind;
  if (!read_member(from, "kind", kind, contracts) || !read_member(from, "requests", read.requests, contracts) ||
      !read_double(member_of(from, "seconds"), read.seconds) || !read_double(member_of(from, "per_second"), read.per_second))
    return false;
  read.kind = kind == kBucket ? RateLimit::Kind::bucket : RateLimit::Kind::window;
  limit = std::make_shared<const RateLimit>(std::move(read));
  return kind == kBucket || kind == kWindow;
}

bool read_value(const Json& from, std::shared_ptr<const Redeliveries::Entries>& entries, const Contracts& contracts) {
  if (!from.is_array()) return false;
  Redeliveries::Entries read(from.size());
  for (std::size_t item = 0; item < from.size(); ++item) {
    if (from[item].is_null()) continue;
    std::string_view text;
    if (!read_value(from[item], text, contracts)) return false;
    read[item] = text;
  }
  entries = std::make_shared<const Redeliveries::Entries>(std::move(read));
  return true;
}

bool read_value(const Json& from, std::shared_ptr<const std::vector<ArmedFault>>& faults, const Contracts& contracts) {
  if (!from.is_array()) return false;
  std::vector<ArmedFault> read;
  for (const Json& one : from) {
    ArmedFault& fault = read.emplace_back();
    if (!read_member(one, "fault", fault.definition, contracts) || !read_member(one, "id", fault.id, contracts) ||
        !read_member(one, "seen", fault.seen, contracts) || !read_member(one, "applied", fault.applied, contracts))
      return false;
  }
  faults = std::make_shared<const std::vector<ArmedFault>>(std::move(read));
  return true;
}

bool read_value(const Json& from, std::shared_ptr<const FaultDefinition>& fault, const Contracts&) {
  auto spec = parse_fault(from);
  if (!spec) return false;
  fault = std::make_shared<const FaultDefinition>(FaultDefinition{.spec = *std::move(spec), .written = from});
  return true;
}

bool read_value(const Json& from, std::shared_ptr<const Profile>& profile, const Contracts& contracts) {
  std::string_view base;
  const Json& switches = member_of(from, "switches");
  if (!read_member(from, "base", base, contracts) || !switches.is_object()) return false;
  profile = std::make_shared<const Profile>(Profile{.base = std::string(base), .overrides = switches});
  return true;
}

}  // namespace understudy
