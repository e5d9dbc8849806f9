// Responses that a client of the admin API gave for requests that no contract covers. mock/wiremock/ reads their patterns. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mock/state/journal.h"

namespace understudy {

struct Stub {
  std::string id;
  std::string name;                                        // in the journal
  int priority = 5;                                        // 1 comes before 2
  Json mapping;                                            // as it was given, with its id
  Delivery delivery;                                       // what a matching request gets
  std::function<bool(const JournalEntry& entry)> matches;  // looks at the request of the entry
};

class Stubs {
 public:
  static constexpr std::size_t kMost = 1000;

  // Without a lock, because every request that no contract covers asks.
  bool empty() const { return size_.load(std::memory_order_relaxed) == 0; }
  // Adds it, or replaces the one with its id. False: there are too many.
  bool put(Stub stub);
  bool remove(std::string_view id);
  std::uint64_t next_number() { return ++number_; }  // for the id of a stub that has none
  void clear();
  std::vector<std::shared_ptr<const Stub>> all() const;         // in the order in which they are tried: by priority, the newest first
  std::shared_ptr<const Stub> find(std::string_view id) const;  // null: there is none
  std::shared_ptr<const Stub> match(const JournalEntry& entry) const;  // the first that matches, or null

 private:
  std::atomic<std::size_t> size_ = 0;
  std::atomic<std::uint64_t> number_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Stub>> stubs_;  // guarded by mutex_
};

}  // namespace understudy
