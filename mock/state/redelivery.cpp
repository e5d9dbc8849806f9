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
  while (is_full(calls_.size(), bytes_)) {
    bytes_ -= calls_.back().first.size();
    by_key_.erase(calls_.back().first);
    calls_.pop_back();
  }
}

std::vector<std::string_view> Redeliveries::forgotten_for(std::string_view key) const {
  std::vector<std::string_view> keys;
  std::size_t bytes = bytes_ + key.size();
  for (auto call = calls_.rbegin(); call != calls_.rend() && is_full(calls_.size() + 1 - keys.size(), bytes); ++call) {
    bytes -= call->first.size();
    keys.emplace_back(call->first);
  }
  return keys;
}

std::string_view Redeliveries::call_before(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() || found->second == calls_.begin() ? std::string_view() : std::prev(found->second)->first;
}

void Redeliveries::forget(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  const auto call = found->second;
  bytes_ -= call->first.size();
  by_key_.erase(found);
  calls_.erase(call);
}

void Redeliveries::place(std::string_view key, const Entries& entries, std::string_view behind) {
  forget(key);
  const auto before = by_key_.find(behind);
  const auto call = calls_.emplace(before == by_key_.end() ? calls_.begin() : std::next(before->second), std::string(key), entries);
  bytes_ += key.size();
  by_key_.emplace(call->first, call);
}

void Redeliveries::undo(std::string_view key, std::size_t item) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end() && item < found->second->second.size()) found->second->second[item].reset();
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
