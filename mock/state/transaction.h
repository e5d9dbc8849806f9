// Transactions over the records of a store: what a call has written so far is seen by the call alone, until it is committed.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory_resource>

#include "contracts/src/model/rules.h"
#include "mock/state/draws.h"

namespace understudy {

// One stored or removed record, as the journal shows it.
struct RecordWrite {
  enum class Kind { created, updated, removed } kind = Kind::created;
  std::string collection;
  std::string id;
  bool operator==(const RecordWrite&) const = default;
};
using RecordWrites = boost::container::small_vector<RecordWrite, 1>;
constexpr std::string_view to_string(RecordWrite::Kind kind) {
  return kind == RecordWrite::Kind::created ? "created" : kind == RecordWrite::Kind::updated ? "updated" : "removed";
}

// Reads the store and its own writes. Writes that are not committed are dropped. Use one at a time for a store.
class Transaction final : public RecordLookup {
 public:
  explicit Transaction(const Store& store) : store_(&store) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Record find(std::string_view collection, std::string_view id) const;
  Record find_by(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const;
  bool contains(std::string_view collection, std::string_view id) const;
  // Those that are wanted; without a function all of them.
  std::vector<Record> list(std::string_view collection, const Store::IsWanted& is_wanted = nullptr) const;
  bool is_empty(std::string_view collection) const;  // it has no records, and none was written
  bool has_writes() const { return !writes_.empty(); }
  // The records that have these members (has_members() of template_words.h), in order of creation, at most so many.
  std::vector<Record> select(const std::string& collection, const Json& where, std::size_t most = kAll) const;
  static constexpr auto kAll = static_cast<std::size_t>(-1);
  // The same for one member.
  std::vector<Record> select(const std::string& collection, const std::string& member, const Json& value, std::size_t most) const;
  bool has_record(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const override;
  bool is_seeded(std::string_view collection) const override;

  // A new record with its collection's defaults and its id, which is taken from a member or drawn from `env`. Stores nothing.
  Json complete(std::string_view collection, Json record, Draws& env) const;
  // Completes a new record, stores it and returns it.
  Record create(std::string_view collection, Json record, Draws& env);
  void put(std::string_view collection, Json record);  // creates or replaces by its id member
  // Stores a record that a client has changed, after what its collection says about such records. Returns it.
  Json update(std::string_view collection, Json record, Draws& env);
  bool remove(std::string_view collection, std::string_view id);
  // Writes to the state that the store belongs to. Returns what the journal shows of it.
  RecordWrites commit(LiveState& live);
  void store_into(Store& trial) const;  // writes to a store that belongs to no tenant
  std::int64_t growth() const;          // by how many records commit() changes the size of the store

 private:
  void write(std::string_view collection, std::string key, Record record);
  const Store* store_;
  struct Written {
    Record record;          // null: removed
    std::size_t order = 0;  // of the first write
  };
  using Writes = std::pmr::map<std::pair<std::string, std::string>, Written>;  // by collection and id
  boost::container::small_vector<const Writes::value_type*, 8> in_order() const;
  std::array<std::byte, 512> room_;  // for the first writes
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  Writes writes_{&memory_};
};

}  // namespace understudy
