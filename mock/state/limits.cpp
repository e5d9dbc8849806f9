#include "mock/state/limits.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

bool Limiter::take(Time now) {
  if (!limit_) return true;
  if (is_window(*limit_)) {
    if (!is_open(now)) {
      count_.since = now;
      count_.used = 0;
    }
    if (count_.used >= limit_->requests) return false;
    ++count_.used;
    return true;
  }
  count_.level = level(now);
  count_.since = now;
  if (count_.level + kCall > limit_->requests * kCall) return false;
  count_.level += kCall;
  return true;
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
