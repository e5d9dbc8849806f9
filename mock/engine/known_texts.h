// Remembers what was judged before and is right, by its digest, so that it is not judged again.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

namespace understudy {

// Forgets all where it holds too many. Thread-safe.
class KnownTexts {
 public:
  explicit KnownTexts(std::size_t most) : most_(most) {}

  bool contains(const std::string& digest) const {
    const std::lock_guard lock(mutex_);
    return digests_.contains(digest);
  }
  void add(std::string digest) {
    const std::lock_guard lock(mutex_);
    if (digests_.size() >= most_) digests_.clear();
    digests_.insert(std::move(digest));
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;  // guards digests_
  std::unordered_set<std::string> digests_;
};

}  // namespace understudy
