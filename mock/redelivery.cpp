#include "mock/redelivery.h"

namespace understudy {

Redeliveries::Entries& Redeliveries::recall(std::string key, std::size_t items) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    calls_.splice(calls_.begin(), calls_, found->second);
    return calls_.front().entries;
  }
  bytes_ += key.size();
  calls_.push_front({.key = std::move(key), .entries = Entries(items)});
  by_key_.emplace(calls_.front().key, calls_.begin());
  while (calls_.size() > 1 && (calls_.size() > kMostCalls || bytes_ > kMostBytes)) {
    bytes_ -= calls_.back().key.size();
    by_key_.erase(calls_.back().key);
    calls_.pop_back();
  }
  return calls_.front().entries;
}

}  // namespace understudy
