// Owns the write-ahead ledger: what a run is about to make on an account that is not ours alone, told to the disk before the
// request goes out, so that it can be found and removed after a crash. What to send is guard.h's, removing leftovers.h's business.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/problem.h"

namespace understudy {

// A request that takes away what another one made, without a credential.
struct Undo {
  std::string api;
  std::string operation;  // sellercloud.deleteOrder
  std::string origin;     // https://host:443
  std::string method;
  std::string target;  // with the path of the API's base
  std::string what;    // sellercloud.orders 5000
};

struct LedgerEntry {
  std::string id;         // unique in the file
  std::string at;         // RFC 3339
  std::string scenario;   // <api>/<stem>
  std::string operation;  // empty: the step says its own method and path
  std::string origin;
  std::string method, target;
  std::string body;  // secrets hidden, cut at 2,000 bytes: to find it by hand
};

// What became of an entry, as the file tells.
struct LedgerState {
  struct Item {
    LedgerEntry entry;
    bool answered = false;
    bool made = false;
    std::optional<Undo> undo;
    bool undone = false;
  };
  std::vector<Item> items;  // in the order of the file

  // Made, can be taken away, and was not.
  static bool is_leftover(const Item& item) { return item.made && item.undo && !item.undone; }
  // Sent, and nobody knows what came of it.
  static bool is_unknown(const Item& item) { return !item.answered && !item.undone; }
  // Made, and no operation takes it away.
  static bool is_kept(const Item& item) { return item.made && !item.undo && !item.undone; }
};

// A last line that is cut off (the machine stopped while it was written) is passed over; any other bad line fails with its place.
Result<LedgerState> parse_ledger(std::string_view text, const std::string& file);

// Thread-safe. Every call is on the disk when it returns.
class Ledger {
 public:
  // Appends to the file, creating it (and its folder) for this user alone. Fails with failure unsafe, code ledger-unwritable.
  static Result<std::unique_ptr<Ledger>> open(const std::string& path, std::uint64_t run);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Before the request goes out; the entry's id is filled in. A failure means that it must not be sent.
  Result<std::string> begin(LedgerEntry entry);
  // `made`: a success. Without an undo it stays.
  Result<void> settle(const std::string& id, bool made, const std::optional<Undo>& undo);
  // Something was removed, by whatever request: what it undid is marked so. False: it undid nothing of this run.
  bool note_removed(const std::string& origin, const std::string& method, const std::string& target);
  Result<void> mark_undone(const std::string& id);
  // Whether this request would undo something of this run.
  bool is_undo(const std::string& origin, const std::string& method, const std::string& target) const;

  const std::string& path() const { return path_; }

 private:
  Ledger(std::string path, int file, std::uint64_t run) : path_(std::move(path)), file_(file), run_(run) {}
  Result<void> append(const Json& line);

  const std::string path_;
  const int file_;
  const std::uint64_t run_;
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;                       // guarded by mutex_
  std::multimap<std::string, std::string> open_;  // guarded by mutex_: origin method target -> entry
};

}  // namespace understudy
