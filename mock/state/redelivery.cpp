#include "mock/state/redelivery.h"

namespace understudy {

const Redeliveries::Entries* Redeliveries::find(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second->second;
}

void Redeliveries::deliver(std::string_view key, std::size_t items) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    calls_.splice(calls_.begin(), calls_, found->second);
    Entries& entries = calls_.front().second;
    if (entries.size() < items) entries.resize(items);
    return;
  }
  bytes_ += key.size();
  calls_.emplace_front(std::string(key), Entries(items));
  by_key_.emplace(calls_.front().first, calls_.begin());
  while (calls_.size() > 1 && (calls_.size() > kMostCalls || bytes_ > kMostBytes)) {
    bytes_ -= calls_.back().first.size();
    by_key_.erase(calls_.back().first);
    calls_.pop_back();
  }
}

void Redeliveries::finish(std::string_view key, std::size_t item, std::string_view entry) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end() && item < found->second->second.size()) found->second->second[item] = entry;
}

Redeliveries& Redeliveries::operator=(const Redeliveries& other) {
  if (this == &other) return *this;
  by_key_.clear();
  calls_ = other.calls_;
  bytes_ = other.bytes_;
  for (auto call = calls_.begin(); call != calls_.end(); ++call) by_key_.emplace(call->first, call);
  return *this;
}

}  // namespace understudy
