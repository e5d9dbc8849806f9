#include "mock/state/redelivery.h"

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

Redeliveries& Redeliveries::operator=(const Redeliveries& other) {
  if (this == &other) return *this;
  by_key_.clear();
  calls_ = other.calls_;
  bytes_ = other.bytes_;
  for (auto call = calls_.begin(); call != calls_.end(); ++call) by_key_.emplace(call->key, call);
  return *this;
}

std::vector<std::pair<std::string, Redeliveries::Entries>> Redeliveries::calls() const {
  std::vector<std::pair<std::string, Entries>> list;
  for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) list.emplace_back(call->key, call->entries);
  return list;
}

}  // namespace understudy
