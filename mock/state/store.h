// Owns the records of one tenant and their transactions. Ids come from the collection's definition in the contract. Not
// thread-safe: its tenant's lock guards it and its copies, which share what neither has changed since. Time and id sequences
// live in Env.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/rules.h"

namespace understudy {

using Record = std::shared_ptr<const Json>;

struct Change {
  enum class Kind { created, updated, removed } kind = Kind::created;
  std::string collection;
  std::string id;
  bool operator==(const Change&) const = default;
};

class Store {
 public:
  // `contract` outlives the store.
  explicit Store(const Contract& contract) : contract_(&contract) {}

  Record find(std::string_view collection, std::string_view id) const;  // null if there is none
  // The first record whose members at the JSON Pointers equal the values; an index per key list is kept, so this is not a scan.
  Record find_by(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const;
  std::vector<Record> list(std::string_view collection) const;  // in order of creation
  std::size_t count(std::string_view collection) const;
  bool is_seeded(std::string_view collection) const;
  // Puts a complete record by its id; creates or replaces.
  void put(std::string_view collection, Json record);
  bool remove(std::string_view collection, std::string_view id);  // false: there is none
  std::size_t clear(std::string_view collection);                 // how many there were
  // The id by which a record is found, folded where the collection ignores case; empty if it has none.
  std::string key_of(std::string_view collection, const Json& record) const;
  // From now on the scenario owns this collection, even if it is empty.
  void mark_seeded(std::string_view collection);
  std::vector<std::string> collections() const;
  const Contract& contract() const { return *contract_; }

 private:
  friend class Transaction;
  struct Table {
    std::map<std::uint64_t, std::pair<std::string, Record>> by_age;  // serial -> id, record
    std::unordered_map<std::string, std::uint64_t> by_id;
    mutable std::map<std::string, std::unordered_multimap<std::string, std::uint64_t>> indexes;  // key list -> values -> serial
    bool seeded = false;
  };
  std::string id_key(std::string_view collection, std::string_view id) const;
  const Table* find_table(std::string_view collection) const;
  // A table to change: one that a copy of this store shares is copied first.
  Table& writable(std::string_view collection);
  void put(std::string_view collection, const std::string& id, Record record);
  static void unindex(Table& table, std::uint64_t serial);
  const Contract* contract_;
  std::map<std::string, std::shared_ptr<Table>, std::less<>> tables_;
  std::uint64_t serial_ = 0;
};

// Sees the store and its own writes; what is not committed is gone. One at a time for each store.
class Transaction final : public RecordLookup {
 public:
  explicit Transaction(Store& store) : store_(&store) {}

  Record find(std::string_view collection, std::string_view id) const;
  Record find_by(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const;
  std::vector<Record> list(std::string_view collection) const;
  bool has_record(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const override;
  bool is_seeded(std::string_view collection) const override;

  // A new record as its collection wants it: the defaults under it, its id drawn from `env` or taken from it. Nothing is put.
  Json complete(std::string_view collection, Json record, Env& env) const;
  // Completes a new record, puts it and returns it.
  Json create(std::string_view collection, Json record, Env& env);
  void put(std::string_view collection, Json record);  // by its id member; creates or replaces
  bool remove(std::string_view collection, std::string_view id);
  std::vector<Change> commit();

 private:
  void write(std::string_view collection, std::string key, Record record);
  Store* store_;
  std::map<std::pair<std::string, std::string>, Record> writes_;  // (collection, id) -> record; null: removed
  std::vector<std::pair<std::string, std::string>> order_;
};

// The id of a record as text: 5000, "SKU-1" -> SKU-1; empty if it has none.
std::string record_id(const Contract& contract, std::string_view collection, const Json& record);

}  // namespace understudy
