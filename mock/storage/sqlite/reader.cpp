#include "mock/storage/sqlite/reader.h"

#include <algorithm>
#include <mutex>

#include "mock/storage/sqlite/writer.h"

namespace understudy::sqlite {
namespace {

Time time_of(std::int64_t milliseconds) { return Time(Milliseconds(milliseconds)); }

// Rows come in the order of ids, which is often nearly that of serials; std::sort is slow there, and moving entries is, too.
void sort_by_serial(std::vector<StoredRecord>& entries) {
  if (std::ranges::is_sorted(entries, {}, &StoredRecord::serial)) return;
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) order.emplace_back(entries[i].serial, i);
  std::ranges::stable_sort(order);
  std::vector<StoredRecord> sorted;
  sorted.reserve(entries.size());
  for (const auto& [serial, place] : order) sorted.push_back(std::move(entries[place]));
  entries = std::move(sorted);
}

// Reads single records while requests are answered. One that cannot be read fails the exchange by its receipt.
class FileRecords final : public RecordSource {
 public:
  explicit FileRecords(Database database)
      : database_(std::move(database)), find_(database_.prepare("SELECT record FROM records WHERE place = ?")) {}

  PackedRecord read(std::uint64_t serial) override {
    const std::lock_guard lock(mutex_);
    find_.start(serial);
    const bool is_found = find_.next();
    auto value = is_found ? parse_json(find_.text(0), nullptr, kStoredJson) : parse_json("");
    find_.end();
    if (value && value->is_object()) return PackedRecord(*value);
    const auto receipt = std::make_shared<Receipt>();
    receipt->settle(Receipt::Outcome::not_stored, "a record in '" + database_.file() + "' cannot be read");
    ReceiptCollector::add(receipt);
    return {};
  }

 private:
  std::mutex mutex_;  // guards what follows
  Database database_;
  Statement find_;
};

// One kind of rows of all tenants, in the order of the query.
class Reader {
 public:
  Reader(const Database& database, const Contracts& contracts, std::shared_ptr<RecordSource> source)
      : database_(database), contracts_(contracts), source_(std::move(source)) {}

  Result<std::vector<StoredTenant>> read() {
    read_tenants();
    read_parts();
    read_counters();
    read_records();
    read_tokens();
    read_calls();
    if (!wrong_.empty()) {
      return tl::unexpected(
          make_problem(Failure::bad_file, "state-damaged", "the state in this file cannot be read: " + wrong_, {.file = database_.file()}));
    }
    std::vector<StoredTenant> tenants;
    for (auto& [name, tenant] : tenants_) tenants.push_back(std::move(tenant));
    return tenants;
  }

 private:
  void fail(const std::string& reason) {
    if (wrong_.empty()) wrong_ = reason;
  }

  // Calls `row` for each row; the first column is the tenant, except in the table of tenants.
  template <class Row>
  void query(std::string_view sql, const Row& row) {
    if (!wrong_.empty()) return;
    Statement statement = database_.prepare(sql);
    statement.start();
    while (wrong_.empty() && statement.next()) row(statement);
    if (wrong_.empty() && database_.has_failed()) fail(database_.last_error());
  }
  // The same for rows of a tenant; those of an unknown one are left out.
  template <class Row>
  void query_states(std::string_view sql, const Row& row) {
    StoredTenant* tenant = nullptr;
    query(sql, [&](const Statement& statement) {
      const std::string_view name = statement.text(0);
      if (tenant == nullptr || tenant->identity.name != name) {
        const auto found = tenants_.find(name);
        tenant = found == tenants_.end() ? nullptr : &found->second;
      }
      if (tenant != nullptr) row(tenant->state, statement);
    });
  }

  Json read_json(std::string_view text, const char* what) {
    auto value = parse_json(text, nullptr, kStoredJson);
    if (value) return *std::move(value);
    fail(std::string(what) + " is no JSON");
    return nullptr;
  }

  void read_tenants() {
    query("SELECT name, api, username, password, key, staged, staged_digest, number FROM tenants", [this](const Statement& row) {
      StoredTenant tenant{.identity = {.name = std::string(row.text(0)),
                                       .api = std::string(row.text(1)),
                                       .username = std::string(row.text(2)),
                                       .password = std::string(row.text(3)),
                                       .key = std::string(row.text(4)),
                                       .staged = nullptr,
                                       .staged_digest = std::string(row.text(6))},
                          .number = static_cast<std::uint64_t>(row.number(7)),
                          .state = TenantState(contracts_)};
      if (!row.is_null(5)) tenant.identity.staged = std::make_shared<const Json>(read_json(row.text(5), "what a tenant was staged with"));
      tenants_.emplace(tenant.identity.name, std::move(tenant));
    });
  }

  // As one commit for each tenant, in the order of kParts.
  void read_parts() {
    std::map<std::string, std::vector<std::tuple<std::ptrdiff_t, std::uint64_t, Json>>> parts;
    query("SELECT tenant, part, name, value FROM parts", [&](const Statement& row) {
      const auto rank = std::ranges::find(kParts, row.text(1)) - std::begin(kParts);
      if (rank == std::ssize(kParts)) return fail("it has a part of an unknown kind, '" + std::string(row.text(1)) + "'");
      const std::uint64_t number = std::strtoull(std::string(row.text(2)).c_str(), nullptr, 10);  // faults in the order of their numbers
      parts[std::string(row.text(0))].emplace_back(rank, number, read_json(row.text(3), "a part of a state"));
    });
    for (auto& [name, list] : parts) {
      const auto tenant = tenants_.find(name);
      if (tenant == tenants_.end() || !wrong_.empty()) continue;
      std::ranges::stable_sort(list, {}, [](const auto& one) { return std::pair(std::get<0>(one), std::get<1>(one)); });
      for (const auto& [rank, number, document] : list) apply_part(tenant->second.state, kParts[rank], document);
    }
  }

  void apply_part(TenantState& state, std::string_view part, const Json& document) {
    const auto commit = parse_commit({{"number", 0}, {"changes", Json::array({document})}}, contracts_);
    if (!commit) return fail(commit.error().message);
    for (const Change& change : (*commit)->changes()) {
      apply(state, change);
      // The number of a fault that may be disarmed since.
      const auto* armed = part == "fault-number" ? std::get_if<change::FaultArmed>(&change) : nullptr;
      if (armed != nullptr) apply(state, change::FaultDisarmed{.id = armed->id});
    }
  }

  void read_counters() {
    query_states("SELECT tenant, name, next FROM counters", [](TenantState& state, const Statement& row) {
      apply(state, change::SequenceMoved{.sequence = row.text(1), .next = row.number(2)});
    });
  }

  // The index has all that is needed here; a record itself is read when it is needed.
  void read_records() {
    std::vector<StoredRecord> entries;
    std::string tenant, api, collection;
    const auto flush = [&] {
      const auto found = tenants_.find(tenant);
      if (found == tenants_.end() || entries.empty()) return entries.clear();
      const auto of_api = found->second.state.states_by_api.find(api);
      if (of_api == found->second.state.states_by_api.end()) return entries.clear();
      sort_by_serial(entries);
      Store& store = of_api->second.store;
      store.set_last_serial(std::max(store.last_serial(), entries.back().serial));
      store.restore_unread(collection, std::exchange(entries, {}), source_);
    };
    query("SELECT tenant, api, collection, id, place FROM records ORDER BY tenant, api, collection", [&](const Statement& row) {
      if (row.text(0) != tenant || row.text(1) != api || row.text(2) != collection) {
        flush();
        tenant = row.text(0);
        api = row.text(1);
        collection = row.text(2);
      }
      entries.push_back({.serial = static_cast<std::uint64_t>(row.number(4)), .id = std::string(row.text(3)), .record = {}});
    });
    flush();
  }

  void read_tokens() {
    query_states("SELECT tenant, token, username, issued, expires FROM tokens", [](TenantState& state, const Statement& row) {
      apply(state, change::TokenIssued{
                       .token = row.text(1), .username = row.text(2), .issued = time_of(row.number(3)), .expires = time_of(row.number(4))});
    });
  }

  void read_calls() {
    query_states("SELECT tenant, api, call, items FROM calls ORDER BY place", [](TenantState& state, const Statement& row) {
      apply(state, change::CallDelivered{.api = row.text(1), .call = row.text(2), .items = static_cast<std::uint64_t>(row.number(3))});
    });
    query_states("SELECT tenant, api, call, item, entry FROM call_items", [](TenantState& state, const Statement& row) {
      apply(state, change::ItemDone{
                       .api = row.text(1), .call = row.text(2), .item = static_cast<std::uint64_t>(row.number(3)), .entry = row.text(4)});
    });
  }

  const Database& database_;
  const Contracts& contracts_;
  const std::shared_ptr<RecordSource> source_;
  std::map<std::string, StoredTenant, std::less<>> tenants_;
  std::string wrong_;
};

}  // namespace

Result<std::vector<StoredTenant>> read_tenants(const Database& database, const Contracts& contracts) {
  auto second = Database::open(database.file(), false);  // used by other threads than the one that writes
  if (!second) return tl::unexpected(std::move(second.error()));
  return Reader(database, contracts, std::make_shared<FileRecords>(*std::move(second))).read();
}

}  // namespace understudy::sqlite
