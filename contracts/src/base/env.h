// Owns what makes a run reproducible: time, id sequences and randomness come from here and from nowhere else, so that the
// same scenario with the same seed twice gives the same bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace understudy {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Milliseconds = std::chrono::milliseconds;

// "2026-03-02T09:00:00Z", fraction and offset allowed; nullopt if it is no RFC 3339 date-time.
std::optional<Time> parse_rfc3339(std::string_view text);
std::string render_rfc3339(Time time);         // 2026-03-02T09:00:00Z, whole seconds
std::string render_rfc3339_millis(Time time);  // 2026-03-02T09:00:00.000Z
// %Y-%m-%d %H:%M:%S in UTC, the zoneless form of PHP shops.
std::string render_plain(Time time);
// "90s", "61m", "24h", "250ms", "2d"; nullopt if it is none, or negative.
std::optional<Milliseconds> parse_duration(std::string_view text);
std::string render_duration(Milliseconds duration);

// A clock that runs with the system's (shifted by what was advanced), or stands at a virtual time until advanced.
// Not thread-safe: its tenant's lock guards it.
class Clock {
 public:
  Clock() = default;                                     // the system's
  explicit Clock(Time start) : fixed_(start) {}          // virtual
  explicit Clock(Milliseconds shift) : shift_(shift) {}  // the system's, this much ahead
  Time now() const;
  void advance(Milliseconds by);  // negative is an assert
  void set(Time time) { fixed_ = time; }
  bool is_virtual() const { return fixed_.has_value(); }
  Milliseconds shift() const { return shift_; }  // ahead of the system's; means nothing in a virtual one

 private:
  std::optional<Time> fixed_;
  Milliseconds shift_{0};
};

// Named sequences of integers, each API's own; a number once drawn stays drawn.
class Ids {
 public:
  // Names without an API mean this one's from now on. An exchange enters its API before anything is drawn.
  void enter(std::string api) { api_ = std::move(api); }
  void start(const std::string& sequence, std::int64_t first);
  std::int64_t next(const std::string& sequence);  // an unknown sequence starts at 1; the greatest number of all is repeated
  std::int64_t peek(const std::string& sequence) const;
  // The next number of every sequence that was started or drawn from, by api.sequence.
  const std::map<std::string, std::int64_t>& all() const { return next_; }
  void set_all(std::map<std::string, std::int64_t> next) { next_ = std::move(next); }

 private:
  std::string api_;
  std::map<std::string, std::int64_t> next_;
};

// SplitMix64: small, seedable, the same on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t state() const { return state_; }  // Random(state()) goes on as this one does
  double unit();                                  // [0, 1)
  std::string text(std::size_t length, std::string_view alphabet);

 private:
  std::uint64_t state_;
};

struct Env {
  Clock clock;
  Ids ids;
  Random random;
};

// How long something took by the machine's steady clock, for reports; never part of an answer.
class Stopwatch {
 public:
  Stopwatch();
  std::uint64_t microseconds() const;

 private:
  std::chrono::steady_clock::time_point start_;
};

// Entropy of the machine, for what must differ between runs (run ids, ledger names). Never inside the mock's walk.
std::uint64_t draw_entropy();

}  // namespace understudy
