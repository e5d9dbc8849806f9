// Operations whose answers do not arrive: each wait costs the whole time limit, so after a few of them the rest is not tried.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "conformance/target/transport.h"

namespace understudy {

// Thread-safe; shared by all runs of a suite.
class Unfinished {
 public:
  // The outcome of a request to this operation for which an answer was expected.
  void note(const std::string& operation, Outcome outcome) {
    const std::lock_guard lock(mutex_);
    auto& count = timeouts_[operation];
    if (count < kMost) count = outcome == Outcome::timeout ? count + 1 : 0;
  }
  bool is_given_up(const std::string& operation) const {
    const std::lock_guard lock(mutex_);
    const auto found = timeouts_.find(operation);
    return found != timeouts_.end() && found->second >= kMost;
  }

 private:
  static constexpr int kMost = 3;  // in a row
  mutable std::mutex mutex_;
  std::map<std::string, int> timeouts_;
};

}  // namespace understudy
