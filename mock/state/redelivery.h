// The results of calls that were delivered before, so that a repeated call returns what is done and performs only the rest.
// Bounded: the call that was delivered longest ago is forgotten first; it counts as a new call afterwards.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace understudy {

// Not thread-safe: the tenant's lock guards it.
class Redeliveries {
 public:
  static constexpr std::size_t kMostCalls = 1000;
  static constexpr std::size_t kMostBytes = 8u << 20;  // of the keys: operation, id and parameters

  using Entries = std::vector<std::optional<std::string>>;  // by item: its entry in the answer, as JSON; empty: not done
  // The entries of a call that was delivered; null: it is unknown.
  const Entries* find(std::string_view key) const;
  // The call was delivered, perhaps again: it has at least `items` entries, empty ones if it is new.
  void deliver(std::string_view key, std::size_t items);
  // An item of a delivered call is done.
  void finish(std::string_view key, std::size_t item, std::string_view entry);

  // What takes these back: a call that was unknown, one that had other entries or another place, an item that was not done.
  void forget(std::string_view key);
  void place(std::string_view key, const Entries& entries, std::string_view behind);  // behind that call; empty: it is the latest
  void undo(std::string_view key, std::size_t item);
  std::string_view call_before(std::string_view key) const;  // the call that it is behind; empty: it is the latest
  // The calls that deliver() of a new call forgets, in this order.
  std::vector<std::string_view> forgotten_for(std::string_view key) const;

  Redeliveries() = default;
  Redeliveries(const Redeliveries& other) { *this = other; }
  Redeliveries& operator=(const Redeliveries& other);
  bool operator==(const Redeliveries& other) const { return calls_ == other.calls_; }
  // Calls by their keys, the latest first.
  using Calls = std::list<std::pair<std::string, Entries>>;
  const Calls& calls() const { return calls_; }

 private:
  static bool is_full(std::size_t calls, std::size_t bytes) { return calls > 1 && (calls > kMostCalls || bytes > kMostBytes); }

  Calls calls_;
  std::unordered_map<std::string_view, Calls::iterator> by_key_;  // views into calls_
  std::size_t bytes_ = 0;
};

}  // namespace understudy
