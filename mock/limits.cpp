#include "mock/limits.h"

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

bool Limiter::is_open(Time now) const { return since_ && now >= *since_ && now < *since_ + length_of(*limit_); }

std::int64_t Limiter::level(Time now) const {
  if (!since_ || now <= *since_) return level_;
  const std::int64_t leak = leak_of(*limit_);
  const std::int64_t elapsed = (now - *since_).count();
  return elapsed > level_ / leak ? 0 : level_ - elapsed * leak;  // as a quotient first: centuries times a leak do not fit
}

bool Limiter::take(Time now) {
  if (!limit_) return true;
  if (is_window(*limit_)) {
    if (!is_open(now)) {
      since_ = now;
      used_ = 0;
    }
    if (used_ >= limit_->requests) return false;
    ++used_;
    return true;
  }
  level_ = level(now);
  since_ = now;
  if (level_ + kCall > limit_->requests * kCall) return false;
  level_ += kCall;
  return true;
}

Time Limiter::reset(Time now) const {
  if (!limit_) return now + std::chrono::hours(1);
  if (is_window(*limit_)) return (is_open(now) ? *since_ : now) + length_of(*limit_);
  const std::int64_t over = level(now) + kCall - limit_->requests * kCall;
  const std::int64_t leak = leak_of(*limit_);
  return now + Milliseconds(over <= 0 ? 0 : (over + leak - 1) / leak);
}

std::int64_t Limiter::remaining(Time now) const {
  if (!limit_) return std::numeric_limits<std::int64_t>::max();
  if (is_window(*limit_)) return is_open(now) ? limit_->requests - used_ : limit_->requests;
  return (limit_->requests * kCall - level(now)) / kCall;
}

}  // namespace understudy
