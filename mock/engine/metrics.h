// Counts exchanges for GET /__admin/metrics. Thread-safe. An exchange like an earlier one allocates nothing. Memory is bounded: what
// belongs to a tenant beyond the first kMostTenants, or to a new series beyond kMostSeries, is counted for the tenant kOther.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>

#include "mock/state/journal.h"

namespace understudy {

class Metrics {
 public:
  static constexpr std::size_t kMostTenants = 1000;
  static constexpr std::size_t kMostSeries = 50'000;
  static constexpr std::string_view kOther = "other";
  // Upper ends of the classes of durations, in microseconds; the last class has no end.
  static constexpr std::array<std::uint64_t, 9> kDurations = {50, 100, 250, 500, 1'000, 5'000, 25'000, 100'000, 1'000'000};

  // What is counted together. A batch counts for its first refusal, else for its last call; a fault has the kind as `answer`.
  template <class Text>
  struct Series {
    Text tenant, operation, answer;
    int status = 0;
  };
  struct Less {
    using is_transparent = void;
    template <class Left, class Right>
    bool operator()(const Left& left, const Right& right) const {
      return std::tie(left.tenant, left.operation, left.answer, left.status) <
             std::tie(right.tenant, right.operation, right.answer, right.status);
    }
  };
  using Counters = std::map<Series<std::string>, std::uint64_t, Less>;

  struct Counts {
    Counters exchanges, faults;
    std::array<std::uint64_t, kDurations.size() + 1> by_duration{};  // not cumulative
    std::uint64_t microseconds = 0;                                  // of all exchanges
  };

  void add(std::string_view tenant, const JournalEntry& entry);
  Counts counts() const;

 private:
  void count(Counters& counters, Series<std::string_view> series);

  mutable std::mutex mutex_;  // guards all below
  Counts counts_;
  std::set<std::string, std::less<>> tenants_;  // those that are counted under their own names
};

}  // namespace understudy
