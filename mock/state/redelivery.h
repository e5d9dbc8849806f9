// The results of calls that were delivered before, so that a repeated call returns what is done and performs only the rest.
// Bounded: the call that was delivered longest ago is forgotten first; it counts as a new call afterwards.
#pragma once

#include <list>
#include <unordered_map>
#include <utility>

#include "contracts/src/base/json.h"

namespace understudy {

// Not thread-safe: the tenant's lock guards it.
class Redeliveries {
 public:
  static constexpr std::size_t kMostCalls = 1000;
  static constexpr std::size_t kMostBytes = 8u << 20;  // of the keys: operation, id and parameters

  using Entries = std::vector<std::optional<Json>>;  // by item; empty: not done
  // The entries of the call; `items` empty ones if it is new. The reference is valid until the next call of this function.
  Entries& recall(std::string key, std::size_t items);

  Redeliveries() = default;
  Redeliveries(const Redeliveries& other) { *this = other; }
  Redeliveries& operator=(const Redeliveries& other);
  // Calls by their keys, the latest first.
  using Calls = std::list<std::pair<std::string, Entries>>;
  const Calls& calls() const { return calls_; }
  std::size_t size() const { return calls_.size(); }

 private:
  Calls calls_;
  std::unordered_map<std::string_view, Calls::iterator> by_key_;  // views into calls_
  std::size_t bytes_ = 0;
};

}  // namespace understudy
