#include "mock/state/limits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace understudy {
namespace {

constexpr std::int64_t kCall = 1'000'000;

Milliseconds length_of(const RateLimit& limit) { return Milliseconds(std::max<std::int64_t>(1, std::llround(limit.seconds * 1000))); }

// Millionths of a call that leak in a millisecond.
std::int64_t leak_of(const RateLimit& limit) { return std::max<std::int64_t>(1, std::llround(limit.per_second * 1000)); }

bool is_window(const RateLimit& limit) { return limit.kind == RateLimit::Kind::window; }

}  // namespace

bool Limiter::is_open(Time now) const { return count_.since && now >= *count_.since && now < *count_.since + length_of(*limit_); }

std::int64_t Limiter::level(Time now) const {
  if (!count_.since || now <= *count_.since) return count_.level;
  const std::int64_t leak = leak_of(*limit_);
  const std::int64_t elapsed = (now - *count_.since).count();
  return elapsed > count_.level / leak ? 0 : count_.level - elapsed * leak;  // divided first: the product may overflow
}

Limiter::Taken Limiter::take(Time now) const {
  if (!limit_) return {.count = count_};
  Count count = count_;
  if (is_window(*limit_)) {
    if (!is_open(now)) {
      count.since = now;
      count.used = 0;
    }
    if (count.used >= limit_->requests) return {.accepted = false, .count = count};
    ++count.used;
    return {.count = count};
  }
  count.level = level(now);
  count.since = now;
  if (count.level + kCall > limit_->requests * kCall) return {.accepted = false, .count = count};
  count.level += kCall;
  return {.count = count};
}

bool Limiter::operator==(const Limiter& other) const {
  const auto words = [](const RateLimit& limit) { return std::tuple(limit.kind, limit.requests, limit.seconds, limit.per_second); };
  if (limit_.has_value() != other.limit_.has_value() || count_ != other.count_) return false;
  return !limit_ || words(*limit_) == words(*other.limit_);
}

Time Limiter::reset(Time now) const {
  if (!limit_) return now + std::chrono::hours(1);
  if (is_window(*limit_)) return (is_open(now) ? *count_.since : now) + length_of(*limit_);
  const std::int64_t over = level(now) + kCall - limit_->requests * kCall;
  const std::int64_t leak = leak_of(*limit_);
  return now + Milliseconds(over <= 0 ? 0 : (over + leak - 1) / leak);
}

std::int64_t Limiter::remaining(Time now) const {
  if (!limit_) return std::numeric_limits<std::int64_t>::max();
  if (is_window(*limit_)) return is_open(now) ? limit_->requests - count_.used : limit_->requests;
  return (limit_->requests * kCall - level(now)) / kCall;
}

}  // namespace understudy
