// Owns the Journal of one tenant: every exchange with the reason for its answer. Bounded by count and by bytes; what is too
// long is cut with a mark. Not thread-safe: its tenant's lock guards it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "contracts/src/env.h"
#include "contracts/src/http.h"
#include "contracts/src/json.h"
#include "mock/store.h"

namespace understudy {

// One Operation of an exchange: which answer it got and why. A plain exchange has one, a batch one for each call or item.
struct Decision {
  std::string operation;           // api.operation; empty where the route knew none
  std::string answer;              // name; empty where a fault left none
  std::string rule;                // what refused it: a row, an implicit row, or the stage's name; empty when it succeeded
  std::string place;               // file:line of that rule
  std::vector<std::string> asked;  // rows that were asked and passed
};

struct JournalEntry {
  std::uint64_t id = 0;
  Time at;
  std::string api;
  Request request;
  Response response;
  std::vector<Decision> decisions;
  std::vector<std::string> findings;  // on our own answer, as text
  std::string fault;                  // kind, if one struck
  std::string phase;
  std::vector<Change> committed;
  std::uint64_t microseconds = 0;  // spent in the engine
};

class Journal {
 public:
  Journal(std::size_t entries, std::size_t bytes) : most_entries_(entries), most_bytes_(bytes) {}

  void add(JournalEntry entry);
  const std::deque<JournalEntry>& entries() const { return entries_; }  // oldest first
  std::uint64_t total() const { return total_; }                        // ever added
  void clear();

 private:
  std::size_t most_entries_, most_bytes_, bytes_ = 0;
  std::uint64_t total_ = 0;
  std::deque<JournalEntry> entries_;
};

Json render_entry(const JournalEntry& entry, std::string_view tenant);

}  // namespace understudy
