// The records of one tenant in one API. Ids come from the collection's definition in the contract. Not
// thread-safe: the tenant's lock guards a store and its copies, which share tables until one of them changes.
#pragma once

#include <boost/container/flat_map.hpp>
#include <functional>
#include <unordered_map>

#include "contracts/src/base/env.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/rules.h"
#include "mock/records/packed_record.h"

namespace understudy {

struct StoredRecord {
  std::uint64_t serial = 0;  // its place in the order of creation
  std::string id;
  PackedRecord record;
};

// Gives records that a store has not read yet. Thread-safe.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // None: it cannot be read. Then the source makes sure that no client gets what was made of an empty record.
  virtual PackedRecord read(std::uint64_t serial) = 0;
};

class Store {
 public:
  // `contract` outlives the store.
  explicit Store(const Contract& contract) : contract_(&contract) {}
  // A copy shares the tables. What is not read yet is read before, because the source has only the records of one store.
  Store(const Store& other);
  Store& operator=(const Store& other);
  Store(Store&&) = default;
  Store& operator=(Store&&) = default;

  Record find(std::string_view collection, std::string_view id) const;  // null if there is none
  bool contains(std::string_view collection, std::string_view id) const;
  // The first record whose members at the JSON Pointers equal the values. Uses an index for each list of keys.
  Record find_by(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const;
  // The records that have these members (has_members() of template_words.h), in order of creation. Uses an index for each list of
  // names; nullopt: an index does not help.
  std::optional<std::vector<Record>> find_equal(std::string_view collection, const Json& where) const;
  using IsWanted = std::function<bool(const Json& record)>;
  // Those that are wanted, in order of creation; without a function all of them.
  std::vector<Record> list(std::string_view collection, const IsWanted& is_wanted = nullptr) const;
  // At most `most` records behind the first `skipped`, in order of creation or from the newest. The cost grows with both.
  std::vector<Record> page(std::string_view collection, std::size_t skipped, std::size_t most, bool newest_first) const;
  std::size_t count(std::string_view collection) const;
  std::size_t size() const;  // records of all collections
  bool is_seeded(std::string_view collection) const;
  // Creates or replaces a complete record by its id.
  void put(std::string_view collection, const Json& record);
  // `serial`: the place that a new record gets; 0: the next one. A known record keeps its place. `value`: the same record; null: it is
  // read where an index needs it.
  void put(std::string_view collection, std::string_view id, PackedRecord record, std::uint64_t serial = 0, const Json* value = nullptr);
  bool remove(std::string_view collection, std::string_view id);  // false: there is none
  std::size_t clear(std::string_view collection);                 // returns how many there were
  // The id of a record as the store uses it: in lower case where the collection ignores case; empty if it has none.
  std::string key_of(std::string_view collection, const Json& record) const;
  // The collection counts as seeded from now on, even if it is empty: `exists_in` rules apply to it.
  void mark_seeded(std::string_view collection, bool is_seeded = true);
  std::vector<std::string> collections() const;
  // For an exact copy elsewhere: the records with their places, and what they were made of. Several threads may call it for stores that
  // share tables, without a lock, if all records are read: those of a snapshot are.
  std::vector<StoredRecord> entries(std::string_view collection) const;
  std::optional<StoredRecord> find_entry(std::string_view collection, std::string_view id) const;
  std::uint64_t last_serial() const { return serial_; }
  void restore(std::string_view collection, std::vector<StoredRecord> entries, bool is_seeded);
  // As restore(), with records that are read from the source when they are needed. They have none here.
  void restore_unread(std::string_view collection, std::vector<StoredRecord> entries, const std::shared_ptr<RecordSource>& source);
  // Reads at most so many records that are not read yet; returns whether there are more.
  bool read_ahead(std::size_t most) const;
  void set_last_serial(std::uint64_t serial) { serial_ = serial; }
  // For a store that another lock guards: copies the tables that it shares. Until then the lock of the other store guards both.
  void copy_shared_tables();
  bool shares_table(const Store& other, std::string_view collection) const;  // so that both have the same records in it
  const Contract& contract() const { return *contract_; }
  // The same records with the same ids, in the same order and with the same serial numbers. A collection that had records equals one
  // that never had any.
  bool operator==(const Store& other) const;

 private:
  friend class Transaction;
  struct Entry {
    std::string id;
    mutable PackedRecord record;  // none: not read yet
  };
  using Entries = std::map<std::uint64_t, Entry>;  // by serial
  struct Table {
    Entries by_age;
    std::unordered_map<std::string, std::uint64_t> by_id;
    using Index = std::unordered_multimap<std::size_t, std::uint64_t>;  // hash of the values -> serial
    mutable std::map<std::vector<std::string>, Index> indexes;          // by keys
    mutable bool has_gaps = false;                                      // the indexes lack records that could not be read
    // The index of these keys, made when it is asked for the first time.
    const Index& index_of(const std::vector<std::string>& keys) const;
    const PackedRecord& read(const Entries::value_type& entry) const {
      return entry.second.record.has_value() ? entry.second.record : read_entry(entry);
    }
    const PackedRecord& read(std::uint64_t serial) const { return read(*by_age.find(serial)); }
    const PackedRecord& read_entry(const Entries::value_type& entry) const;
    // Values of a table with few records stay, because such records are often read by many exchanges.
    Record value_of(const Entries::value_type& entry) const;
    Record value_of(std::uint64_t serial) const { return value_of(*by_age.find(serial)); }
    void forget_value(std::uint64_t serial);
    mutable boost::container::flat_map<std::uint64_t, Record> values;
    void read_all() const;
    bool seeded = false;
    std::shared_ptr<RecordSource> source{};  // of the records that are not read yet
    mutable std::uint64_t read_up_to = 0;    // records with serials up to this are read
  };
  static const PackedRecord& unreadable();  // in place of a record that cannot be read
  std::string id_key(std::string_view collection, std::string_view id) const;
  const Table* find_table(std::string_view collection) const;
  // A table to change. Copied first if another store shares it.
  Table& writable(std::string_view collection);
  // Each record in order of creation, with its id and a function that reads it.
  template <class Visit>
  void visit(std::string_view collection, Visit visit) const {
    if (const Table* table = find_table(collection)) {
      for (const auto& entry : table->by_age) visit(entry.second.id, [&] { return table->value_of(entry); });
    }
  }
  static void unindex(Table& table, std::uint64_t serial);
  const Contract* contract_;
  std::map<std::string, std::shared_ptr<Table>, std::less<>> tables_;
  std::uint64_t serial_ = 0;
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

// Whether the record passes all filters that the query uses.
bool passes_filters(const Operation& operation, const Json& query, const Json& record, const ListRules& rules);
// `stored` passed the filters, in order of creation; `query` by documented names. Page numbers and sizes below 1 count as absent; a page
// after the last is empty.
Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, const ListRules& rules);
// Whether the query neither filters nor sorts, and pages by numbers or offsets: then only the page is read from the store.
bool pages_all_records(const Operation& operation, const Json& query);
Listing list_page(const Operation& operation, const Json& query, const Store& store, const ListRules& rules);

// The id of a record as text: 5000, "SKU-1" -> SKU-1; empty if it has none.
std::string record_id(const Contract& contract, std::string_view collection, const Json& record);

}  // namespace understudy
