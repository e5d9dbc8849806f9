// Counts a tenant's calls against the rate limit of one API, in the tenant's own time.
// See also: mock/engine/walk.h (which calls count), scenarios/src/model/limit_words.h (how a limit is written).
#pragma once

#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// Not thread-safe: the tenant's lock guards it. A clock that is set back starts a new window and empties nothing from a bucket.
class Limiter {
 public:
  Limiter() = default;  // accepts every call
  explicit Limiter(const std::optional<RateLimit>& limit) : limit_(limit) {}

  // The counts.
  struct Count {
    std::optional<Time> since;  // window: its start; bucket: when level was so
    std::int64_t used = 0;      // window: calls in it
    std::int64_t level = 0;     // bucket: millionths of a call
    bool operator==(const Count&) const = default;
  };
  // The counts after a further call; one that exceeds the limit is not accepted and not counted. A window starts with its first call.
  struct Taken {
    bool accepted = true;
    Count count;
  };
  Taken take(Time now) const;
  // When the next call is certainly accepted: the end of the window (if none is open, of one that starts now), or when the bucket has
  // room for one call. Without a limit an hour from now: a fault can throttle then, too.
  Time reset(Time now) const;
  std::int64_t remaining(Time now) const;  // calls that would be accepted now
  const std::optional<RateLimit>& limit() const { return limit_; }

  const Count& count() const { return count_; }
  void set_count(const Count& count) { count_ = count; }
  bool operator==(const Limiter& other) const;  // the same limit and counts, wherever the limit is written

 private:
  bool is_open(Time now) const;
  std::int64_t level(Time now) const;

  std::optional<RateLimit> limit_;
  Count count_;
};

}  // namespace understudy
