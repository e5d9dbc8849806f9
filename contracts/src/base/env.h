// Time, id sequences and randomness. Everything that varies between runs comes from here, so that the same scenario with the same
// seed gives the same bytes twice.
#pragma once

#include <algorithm>
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

// "2026-03-02T09:00:00Z", fraction and offset allowed; nullopt: not an RFC 3339 date-time.
std::optional<Time> parse_rfc3339(std::string_view text);
// A date, or a date and a time, in the forms that clients send: 2026-11-27, 2026/11/27 or 11/27/2026, then after a blank or T 9:05,
// 09:05:30.5 or 9:05 PM, then Z or an offset; without one it is UTC. nullopt: none of these.
std::optional<Time> parse_date(std::string_view text);
std::string render_local(Time time);  // 2026-11-27T10:00:00, without a zone; with milliseconds if there are any
void append_local(Time time, std::string& out);
std::string render_rfc3339(Time time);         // 2026-03-02T09:00:00Z, whole seconds
std::string render_rfc3339_millis(Time time);  // 2026-03-02T09:00:00.000Z
// %Y-%m-%d %H:%M:%S in UTC, without a zone, as PHP shops write it.
std::string render_plain(Time time);
// "90s", "61m", "24h", "250ms", "2d"; nullopt: not a duration, or negative.
std::optional<Milliseconds> parse_duration(std::string_view text);
std::string render_duration(Milliseconds duration);

// A clock that follows the system clock plus a shift, or keeps a virtual time until it is advanced.
// Not thread-safe: guarded by its tenant's lock.
class Clock {
 public:
  Clock() = default;                                     // the system clock
  explicit Clock(Time start) : fixed_(start) {}          // virtual
  explicit Clock(Milliseconds shift) : shift_(shift) {}  // the system clock, this much ahead
  Time now() const;
  void advance(Milliseconds by);  // `by` must not be negative
  void set(Time time) { fixed_ = time; }
  bool is_virtual() const { return fixed_.has_value(); }
  Milliseconds shift() const { return shift_; }  // ahead of the system clock; without meaning in a virtual clock
  // A clock that follows the system clock is never before this time of another system clock. Equal clocks may differ in it.
  void reach(Time system_time) { reached_ = std::max(reached_, system_time); }
  bool operator==(const Clock& other) const { return fixed_ == other.fixed_ && shift_ == other.shift_; }

 private:
  std::optional<Time> fixed_;
  Milliseconds shift_{0};
  Time reached_ = Time::min();
};

// Named sequences of integers. A number is drawn once, even if its transaction is discarded.
class Ids {
 public:
  // The number that a sequence gives next; an unknown one starts at 1.
  std::int64_t peek(std::string_view sequence) const;
  void set(std::string_view sequence, std::int64_t next);
  void forget(std::string_view sequence);          // it is unknown again
  static std::int64_t after(std::int64_t number);  // the greatest integer is repeated
  // The next number of every sequence that was started or drawn from, by api.sequence.
  using Numbers = std::map<std::string, std::int64_t, std::less<>>;
  const Numbers& all() const { return next_; }
  bool operator==(const Ids&) const = default;

 private:
  Numbers next_;
};

// SplitMix64: small, seedable, the same on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t state() const { return state_; }  // Random(state()) continues the same sequence
  double unit();                                  // [0, 1)
  std::string text(std::size_t length, std::string_view alphabet);
  bool operator==(const Random&) const = default;

 private:
  std::uint64_t state_;
};

struct Env {
  Clock clock;
  Ids ids;
  Random random;
  bool operator==(const Env&) const = default;
};

// Measures durations by the machine's steady clock, for reports. Never part of a response.
class Stopwatch {
 public:
  Stopwatch();
  std::uint64_t microseconds() const;

 private:
  std::chrono::steady_clock::time_point start_;
};

// Entropy of the machine, for what must differ between runs (run ids, ledger names). The mock's engine must not use it.
std::uint64_t draw_entropy();

}  // namespace understudy
