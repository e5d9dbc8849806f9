// The journal of a tenant: each exchange with the reason for its answer. Bounded by count and by bytes, alone and together with all
// other journals (JournalShare); long bodies are cut. Thread-safe with a lock of its own, so that a reader does not delay exchanges.
// See also: mock/wiremock/logged_request.h (entries in WireMock's format).
#pragma once

#include <atomic>
#include <deque>
#include <mutex>

#include "contracts/src/base/env.h"
#include "contracts/src/base/finding.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"
#include "contracts/src/har/har.h"
#include "contracts/src/model/contract.h"
#include "mock/delivery.h"
#include "mock/state/transaction.h"

namespace understudy {

// The answer of one call and its reason. A plain exchange has one, a batch one for each call or item.
struct Decision {
  std::string_view operation;             // api.operation, kept by the contract; empty where the route knew none
  std::string answer;                     // name; empty where a fault left none
  std::string rule;                       // that refused the call: a row, an implicit row, or a stage; empty if it succeeded
  std::string place;                      // file:line of that rule
  EvaluatedRules evaluated_rules;         // rows that held, kept by the contract
  Findings findings = {};                 // on the request, the first kMostFindings
  std::optional<Evidence> evidence = {};  // of the whole answer, where no contract states it
};

using Decisions = boost::container::small_vector<Decision, 1>;
inline constexpr std::size_t kMostFindings = 20;
Findings first_findings(const Findings& findings);

// A response in one block of memory.
class KeptResponse {
 public:
  KeptResponse() = default;
  KeptResponse(const Response& response, std::size_t body_size);  // with the first bytes of its body
  Response read() const;
  std::size_t bytes() const { return text_.capacity() + ends_.capacity() * sizeof(std::size_t); }

  int status = 200;

 private:
  std::string text_;                                     // the reason, names and values of the headers, the body
  boost::container::small_vector<std::size_t, 7> ends_;  // of these parts, but the last
};

struct JournalEntry {
  std::uint64_t id = 0;                             // in its journal, from 1, never reused
  std::uint64_t arrival = 0;                        // the order over all journals of the mock
  Time at;                                          // by the tenant's clock
  std::string api;                                  // empty: the path belongs to no API
  std::shared_ptr<const Contract> contract;         // of the API; keeps what the decisions point to
  bool matched = false;                             // the route led to an operation or a batch
  std::string client;                               // numeric address; may be empty
  bool secure = false;                              // over TLS
  Request request;                                  // as received; see request_cut
  KeptResponse response;                            // as made; see `ending` for what a fault left of it
  std::size_t request_size = 0, response_size = 0;  // bytes of the whole bodies
  std::size_t request_cut = 0, response_cut = 0;    // bytes of these that were left out here
  Decisions decisions;
  std::size_t decisions_cut = 0;
  std::vector<std::string> findings;  // on the mock's own answer, as text
  std::vector<std::string> ignored;   // names in the query that had no effect
  std::vector<std::string> nearest;   // of an unmatched request: the operations with the nearest paths
  std::string fault;                  // kind of the fault that was applied
  std::string phase;
  Delivery::Ending ending = Delivery::Ending::complete;
  std::optional<std::size_t> after_bytes;
  Milliseconds delay{0};
  RecordWrites committed;
  std::size_t committed_cut = 0;
  std::uint64_t microseconds = 0;  // spent in the engine
  std::size_t bytes = 0;           // estimated memory

  // Takes the messages, without the ends of long bodies.
  void keep(Request the_request, const Delivery& delivery);
};
using JournalItem = std::shared_ptr<const JournalEntry>;

class Journal;

// Bounds what all journals of a mock hold together. Thread-safe.
class JournalShare {
 public:
  explicit JournalShare(std::size_t most_bytes) : most_bytes_(most_bytes) {}
  std::size_t bytes() const { return bytes_; }

 private:
  friend class Journal;
  void join(Journal& journal);
  void leave(Journal& journal);
  // While too much is held, the largest journal drops its oldest entries.
  void settle();

  const std::size_t most_bytes_;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::uint64_t> arrivals_ = 0;
  std::mutex mutex_;  // guards journals_; take a journal's lock inside it, never the other way round
  std::vector<Journal*> journals_;
};

class Journal {
 public:
  // 0 entries: only counts.
  Journal(std::size_t entries, std::size_t bytes, std::shared_ptr<JournalShare> share = nullptr);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  JournalItem add(JournalEntry entry);       // as it is kept, with its id
  std::vector<JournalItem> entries() const;  // oldest first
  JournalItem find(std::uint64_t id) const;  // null if there is none
  bool remove(std::uint64_t id);
  void clear();
  std::uint64_t total() const;    // ever added
  std::uint64_t dropped() const;  // to stay within the bounds
  std::size_t bytes() const { return bytes_; }

 private:
  friend class JournalShare;
  using Entries = std::deque<JournalItem>;
  Entries::const_iterator locate(std::uint64_t id) const;
  void drop_oldest();
  void drop_bytes(std::size_t bytes);
  void account(std::size_t more, std::size_t less);

  const std::size_t most_entries_, most_bytes_;
  const std::shared_ptr<JournalShare> share_;  // may be null
  std::atomic<std::size_t> bytes_ = 0;
  mutable std::mutex mutex_;  // guards all below
  std::uint64_t total_ = 0, dropped_ = 0;
  Entries entries_;
};

// An entry in this project's own format. With contracts, decisions also say where their answer is defined.
Json render_entry(const JournalEntry& entry, std::string_view tenant, const Contracts* contracts = nullptr);
// The same without the messages: decisions, stored changes, fault and delivery.
Json render_reasons(const JournalEntry& entry, std::string_view tenant, const Contracts* contracts);
// A body with a mark where its end was cut.
std::string marked_body(const std::string& body, std::size_t cut);

}  // namespace understudy
