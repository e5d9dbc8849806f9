#include "scenarios/src/model/limit_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"

namespace understudy {
namespace {

const std::vector<std::string> kWords = {"requests", "per", "per_second"};
constexpr std::int64_t kMostRequests = 1'000'000'000;
constexpr double kMostPerSecond = 1e6;
constexpr double kLeastPerSecond = 0.001;

bool is_limit(const Json& value) {
  return value.is_object() && std::ranges::any_of(kWords, [&](const std::string& word) { return value.contains(word); });
}

tl::unexpected<BadLimit> wrong(std::string pointer, const Json& found, std::string_view expected) {
  return tl::unexpected(BadLimit{
      .pointer = std::move(pointer), .code = "bad-limit", .message = fmt::format("found {}, expected {}", describe(found), expected)});
}

std::optional<Milliseconds> read_window(const Json& value) {
  const auto length = value.is_string() ? parse_duration(value.get_ref<const std::string&>()) : std::nullopt;
  return length && length->count() > 0 ? length : std::nullopt;
}

std::optional<double> read_leak(const Json& value) {
  if (!is_number(value)) return std::nullopt;
  const double leak = to_double(value);
  return leak >= kLeastPerSecond && leak <= kMostPerSecond ? std::optional(leak) : std::nullopt;
}

tl::expected<LimitSpec, BadLimit> parse_limit(const Json& value, const std::string& at) {
  LimitSpec spec;
  if (value == "none") {
    spec.none = true;
    return spec;
  }
  if (!is_limit(value)) return wrong(at, value, "none, {requests: n}, {requests: n, per: duration} or {requests: n, per_second: n}");
  for (const auto& [name, part] : value.items()) {
    const std::string pointer = join_pointer(at, name);
    if (name == "requests") {
      const bool whole = part.is_number_integer() && part >= 1 && part <= kMostRequests;
      if (!whole) return wrong(pointer, part, fmt::format("an integer from 1 to {}", kMostRequests));
      spec.requests = part.get<std::int64_t>();
    } else if (name == "per") {
      spec.per = read_window(part);
      if (!spec.per) return wrong(pointer, part, "the length of a window, such as 1h");
    } else if (name == "per_second") {
      spec.per_second = read_leak(part);
      if (!spec.per_second) return wrong(pointer, part, fmt::format("a number from {} to {:.0f}", kLeastPerSecond, kMostPerSecond));
    } else {
      return tl::unexpected(
          BadLimit{.pointer = pointer, .code = "unknown-key", .message = fmt::format("found '{}'{}", name, did_you_mean(name, kWords))});
    }
  }
  const auto fail = [&](std::string message) {
    return tl::unexpected(BadLimit{.pointer = at, .code = "bad-limit", .message = std::move(message)});
  };
  if (spec.requests == 0) return fail("requests is missing: how many calls are taken");
  if (spec.per && spec.per_second) return fail("per and per_second exclude each other: a window, or a bucket that leaks");
  return spec;
}

}  // namespace

tl::expected<std::map<std::string, LimitSpec>, BadLimit> parse_limits(const Json& limits, const std::string& default_api) {
  std::map<std::string, LimitSpec> specs;
  if (limits == "none" || is_limit(limits) || !limits.is_object()) {
    auto spec = parse_limit(limits, "");
    if (!spec) return tl::unexpected(std::move(spec.error()));
    specs.emplace(default_api, *spec);
    return specs;
  }
  for (const auto& [api, value] : limits.items()) {
    auto spec = parse_limit(value, join_pointer("", api));
    if (!spec) return tl::unexpected(std::move(spec.error()));
    specs.emplace(api, *spec);
  }
  return specs;
}

tl::expected<std::optional<RateLimit>, BadLimit> resolve_limit(const LimitSpec& spec, const Contract& contract) {
  if (spec.none) return std::nullopt;
  const auto fail = [&](std::string message) {
    return tl::unexpected(BadLimit{.code = "impossible-limit", .message = std::move(message)});
  };
  if (contract.refusals.throttle.empty()) return fail(fmt::format("{} has no answer to a throttled call", contract.api));
  RateLimit limit;
  if (spec.per) {
    limit.kind = RateLimit::Kind::window;
    limit.seconds = static_cast<double>(spec.per->count()) / 1000;
  } else if (spec.per_second) {
    limit.kind = RateLimit::Kind::bucket;
    limit.per_second = *spec.per_second;
  } else if (contract.rate_limit) {
    limit = *contract.rate_limit;
  } else {
    return fail(fmt::format("{} has no limit of its own: say per or per_second, too", contract.api));
  }
  limit.requests = spec.requests;
  return limit;
}

Json render_limit(const RateLimit& limit) {
  if (limit.kind == RateLimit::Kind::bucket) return {{"kind", "bucket"}, {"requests", limit.requests}, {"per_second", limit.per_second}};
  const Milliseconds per(std::llround(limit.seconds * 1000));
  return {{"kind", "window"}, {"requests", limit.requests}, {"per", render_duration(per)}};
}

}  // namespace understudy
