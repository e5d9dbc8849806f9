// The records of one tenant in one API, and transactions over them. Ids come from the collection's definition in the contract. Not
// thread-safe: the tenant's lock guards a store and its copies, which share tables until one of them changes.
#pragma once

#include <unordered_map>

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
constexpr std::string_view to_string(Change::Kind kind) {
  return kind == Change::Kind::created ? "created" : kind == Change::Kind::updated ? "updated" : "removed";
}

class Store {
 public:
  // `contract` outlives the store.
  explicit Store(const Contract& contract) : contract_(&contract) {}

  Record find(std::string_view collection, std::string_view id) const;  // null if there is none
  // The first record whose members at the JSON Pointers equal the values. Uses an index for each list of keys.
  Record find_by(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const;
  // The records that have these members (has_members() of template_words.h), in order of creation. Uses an index for each list of
  // names; nullopt: an index does not help.
  std::optional<std::vector<Record>> find_equal(std::string_view collection, const Json& where) const;
  std::vector<Record> list(std::string_view collection) const;  // in order of creation
  std::size_t count(std::string_view collection) const;
  std::size_t size() const;  // records of all collections
  bool is_seeded(std::string_view collection) const;
  // Creates or replaces a complete record by its id.
  void put(std::string_view collection, Json record);
  bool remove(std::string_view collection, std::string_view id);  // false: there is none
  std::size_t clear(std::string_view collection);                 // returns how many there were
  // The id of a record as the store uses it: in lower case where the collection ignores case; empty if it has none.
  std::string key_of(std::string_view collection, const Json& record) const;
  // The collection counts as seeded from now on, even if it is empty: `exists_in` rules apply to it.
  void mark_seeded(std::string_view collection);
  std::vector<std::string> collections() const;
  const Contract& contract() const { return *contract_; }
  std::uint64_t writes() const { return writes_; }  // grows with every change

 private:
  friend class Transaction;
  struct Table {
    std::map<std::uint64_t, std::pair<std::string, Record>> by_age;  // serial -> id, record
    std::unordered_map<std::string, std::uint64_t> by_id;
    mutable std::map<std::vector<std::string>, std::unordered_multimap<std::string, std::uint64_t>> indexes;  // keys -> values -> serial
    bool seeded = false;
  };
  std::string id_key(std::string_view collection, std::string_view id) const;
  const Table* find_table(std::string_view collection) const;
  // A table to change. Copied first if another store shares it.
  Table& writable(std::string_view collection);
  void put(std::string_view collection, const std::string& id, Record record);
  static void unindex(Table& table, std::uint64_t serial);
  const Contract* contract_;
  std::map<std::string, std::shared_ptr<Table>, std::less<>> tables_;
  std::uint64_t serial_ = 0, writes_ = 0;
};

// Reads the store and its own writes. Writes that are not committed are dropped. Use one at a time for a store.
class Transaction final : public RecordLookup {
 public:
  explicit Transaction(Store& store) : store_(&store) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Record find(std::string_view collection, std::string_view id) const;
  Record find_by(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const;
  std::vector<Record> list(std::string_view collection) const;
  // The records that have these members (has_members() of template_words.h), in order of creation, at most so many.
  std::vector<Record> select(const std::string& collection, const Json& where, std::size_t most = kAll) const;
  static constexpr auto kAll = static_cast<std::size_t>(-1);
  bool has_record(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const override;
  bool is_seeded(std::string_view collection) const override;

  // A new record with its collection's defaults and its id, which is taken from a member or drawn from `env`. Stores nothing.
  Json complete(std::string_view collection, Json record, Env& env) const;
  // Completes a new record, stores it and returns it.
  Record create(std::string_view collection, Json record, Env& env);
  void put(std::string_view collection, Json record);  // creates or replaces by its id member
  // Stores a record that a client has changed, after what its collection says about such records. Returns it.
  Json update(std::string_view collection, Json record, Env& env);
  bool remove(std::string_view collection, std::string_view id);
  std::vector<Change> commit();
  std::int64_t growth() const;  // by how many records commit() changes the size of the store

 private:
  void write(std::string_view collection, std::string key, Record record);
  Store* store_;
  using Writes = std::map<std::pair<std::string, std::string>, Record>;  // (collection, id) -> record; null: removed
  Writes writes_;
  std::vector<Writes::const_iterator> order_;
};

// The page of records that a list operation shows (listing.cpp).
struct Listing {
  std::vector<Record> records;  // of the page
  Json page;                    // {number, size, total, pages, offset, next, more}
};

// What filters and paging depend on besides the query.
struct ListRules {
  bool ignore_case = false;  // texts are compared without it
  const Switches& switches;
  Time now;                    // for spans of time
  std::string id_member = {};  // of the records, for cursors
};

// `stored` in order of creation; `query` by documented names. Page numbers and sizes below 1 count as absent; a page after the last is
// empty.
Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, const ListRules& rules);

// The id of a record as text: 5000, "SKU-1" -> SKU-1; empty if it has none.
std::string record_id(const Contract& contract, std::string_view collection, const Json& record);

}  // namespace understudy
