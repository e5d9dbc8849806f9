// The write-ahead ledger of a live account: each creating request is written to disk before it is sent, so that its record can be found
// and removed after a crash. guard.h writes entries, leftovers.h removes the records.
#pragma once

#include <cstdint>
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

// A request that removes what another one made, without a credential.
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
  std::string operation;  // empty: the step names its own method and path
  std::string origin;
  std::string method, target;
  std::string body;  // without secrets, cut at 2,000 bytes: helps to find the record by hand
};

// The entries of a file and their state.
struct LedgerState {
  struct Item {
    LedgerEntry entry;
    bool answered = false;
    bool made = false;
    std::optional<Undo> undo;
    bool removable = false;  // an operation removes such records, but the id of this one is not known
    bool undone = false;
  };
  std::vector<Item> items;       // in the order of the file
  std::vector<Problem> skipped;  // lines that are no entries: cut off, or written by something else

  // Made, removable, and not removed.
  static bool is_leftover(const Item& item) { return item.made && item.undo && !item.undone; }
  // Sent without a response: the record may exist.
  static bool is_unknown(const Item& item) { return !item.answered && !item.undone; }
  // Made, and no operation removes it.
  static bool is_not_removable(const Item& item) { return item.made && !item.undo && !item.removable && !item.undone; }
  // Made, and only a person can find it.
  static bool is_unidentified(const Item& item) { return item.made && !item.undo && item.removable && !item.undone; }
};

// Never fails: a line that is no entry is skipped and reported. Takes linear time.
LedgerState parse_ledger(std::string_view text, const std::string& file);

// Thread-safe. Every call has been written to disk when it returns.
class Ledger {
 public:
  // Appends to the file, on a line of its own; creates it (and its folder) readable for this user only. Fails with failure unsafe, code
  // ledger-unwritable.
  static Result<std::unique_ptr<Ledger>> open(const std::string& path, std::uint64_t run);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Call before sending; fills in the entry's id and time and returns the id. A failure means: do not send.
  Result<std::string> begin(LedgerEntry entry);
  // `made`: the request succeeded. Without an undo nothing removes its record; `removable`: because its id is not known.
  Result<void> settle(const std::string& id, bool made, const std::optional<Undo>& undo, bool removable = false);
  Result<void> mark_undone(const std::string& id);

  const std::string& path() const { return path_; }

 private:
  Ledger(std::string path, int file, std::uint64_t run, bool is_cut) : path_(std::move(path)), file_(file), run_(run), is_cut_(is_cut) {}
  Result<void> append(const Json& line);

  const std::string path_;
  const int file_;
  const std::uint64_t run_;
  std::mutex mutex_;
  std::uint64_t count_ = 0;  // guarded by mutex_
  bool is_cut_;              // guarded by mutex_: the file ends inside a line
};

}  // namespace understudy
