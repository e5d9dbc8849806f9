#include "mock/engine/metrics.h"

#include <algorithm>

namespace understudy {

void Metrics::count(Counters& counters, Series<std::string_view> series) {
  const auto known = counters.find(series);
  if (known != counters.end()) {
    ++known->second;
    return;
  }
  if (tenants_.size() < kMostTenants) tenants_.emplace(series.tenant);
  if (!tenants_.contains(series.tenant) || counters.size() >= kMostSeries) series.tenant = kOther;
  ++counters[{.tenant = std::string(series.tenant),
              .operation = std::string(series.operation),
              .answer = std::string(series.answer),
              .status = series.status}];
}

void Metrics::add(std::string_view tenant, const JournalEntry& entry) {
  const auto& decisions = entry.decisions;
  auto told = std::ranges::find_if(decisions, [](const Decision& decision) { return !decision.rule.empty(); });
  if (told == decisions.end() && !decisions.empty()) told = decisions.end() - 1;
  Series<std::string_view> series{.tenant = tenant, .operation = {}, .answer = {}, .status = entry.response.status};
  if (told != decisions.end()) {
    series.operation = told->operation;
    series.answer = told->answer;
  }
  const auto duration = std::ranges::lower_bound(kDurations, entry.microseconds) - kDurations.begin();

  const std::lock_guard lock(mutex_);
  count(counts_.exchanges, series);
  ++counts_.by_duration[static_cast<std::size_t>(duration)];
  counts_.microseconds += entry.microseconds;
  if (entry.fault.empty()) return;
  series.answer = entry.fault;
  count(counts_.faults, series);
}

Metrics::Counts Metrics::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace understudy
