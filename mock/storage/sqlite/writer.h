// Writes commits to the tables. What a later change of the same batch replaces (a counter, a part) is written once, at its end.
#pragma once

#include <unordered_map>

#include "mock/storage/sqlite/database.h"
#include "mock/storage/storage.h"

namespace understudy::sqlite {

// Not thread-safe. Its functions return false when SQLite refuses; Database::last_error() says why.
class Writer {
 public:
  explicit Writer(const Database& database);

  // Inside a transaction. The entries live until it ends.
  bool write(std::span<const StorageEntry> entries, const LimitCounts& counts);

 private:
  // A part of a state that has no table of its own: the change that makes it, by its kind and name.
  using Part = std::pair<std::string_view, std::string>;
  struct Latest {
    std::uint64_t number = 0;
    std::unordered_map<std::string, std::int64_t> counters;
    std::map<Part, const Change*> parts;
  };

  bool write_entry(const StorageEntry& entry);
  bool write_change(const std::string& tenant, const Change& change);
  bool flush();
  bool flush_tenant(const std::string& tenant, const Latest& latest);
  bool remove(const std::string& tenant);
  bool clear(const std::string& tenant, bool keeps_snapshots);
  bool replace_state(const std::string& tenant, const TenantState& state);
  bool drop_part(const std::string& tenant, std::string_view part, const std::string& name);
  void set_part(const std::string& tenant, std::string_view part, std::string name, const Change& change);

  friend struct ChangeWriter;
  std::map<std::string, Latest> latest_;                              // by tenant
  std::vector<std::shared_ptr<const Commit>> described_;              // that parts point to
  std::map<std::pair<std::string, std::string>, std::size_t> calls_;  // how many are stored at most, by tenant and API
  std::int64_t last_place_ = 0;                                       // of the calls
  bool restores_ = false;                                             // writes an earlier state
  Statement put_tenant_, set_number_, remove_tenant_, put_record_, remove_record_, clear_collection_, put_token_, expire_token_,
      remove_token_, put_counter_, put_part_, remove_part_, put_call_, put_item_, forget_calls_, forget_items_;
  std::vector<Statement> clear_tables_;
  Statement clear_parts_;
};

// The parts of a state, in the order in which they are made again.
inline constexpr std::string_view kParts[] = {"profile", "setting",      "clock", "random",      "limit",   "count",
                                              "seeded",  "fault-number", "fault", "fault-count", "snapshot"};

}  // namespace understudy::sqlite
