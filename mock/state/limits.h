// Owns the counting of one tenant's calls against the rate limit of one API, in the tenant's own time. Which calls count is the
// walk's business, the words of a limit are scenarios/src/model/limit_words.h's.
#pragma once

#include <cstdint>
#include <optional>

#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// Not thread-safe: its tenant's lock guards it. A clock that is put back opens a window anew, and leaks nothing from a bucket.
class Limiter {
 public:
  Limiter() = default;  // takes every call
  explicit Limiter(const std::optional<RateLimit>& limit) : limit_(limit) {}

  // Counts a call; false: it is one too many, and is not counted. A window starts with its first call.
  bool take(Time now);
  // When the next call is taken for sure: the end of the window (of one that would start now, if none is open), or when the bucket
  // has leaked one call. Without a limit an hour from now, for a throttling that was staged.
  Time reset(Time now) const;
  std::int64_t remaining(Time now) const;  // calls that would be taken now
  const std::optional<RateLimit>& limit() const { return limit_; }

  // What it has counted, as snapshots carry it.
  struct Count {
    std::optional<Time> since;  // window: its start; bucket: when level was so
    std::int64_t used = 0;      // window: calls in it
    std::int64_t level = 0;     // bucket: millionths of a call
  };
  const Count& count() const { return count_; }
  void set_count(const Count& count) { count_ = count; }

 private:
  bool is_open(Time now) const;
  std::int64_t level(Time now) const;

  std::optional<RateLimit> limit_;
  Count count_;
};

}  // namespace understudy
