#include "mock/storage/sqlite/sqlite_storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "mock/storage/sqlite/reader.h"
#include "mock/storage/sqlite/schema.h"
#include "mock/storage/sqlite/writer.h"

namespace understudy {
namespace {

using sqlite::Database;
using sqlite::Statement;

Problem problem_of(const std::string& file, std::string code, std::string message) {
  return make_problem(Failure::bad_file, std::move(code), std::move(message), {.file = file});
}

// Held while the process lives. A file of its own, because closing a database file a second time would release SQLite's locks.
class FileLock {
 public:
  static Result<FileLock> take(const std::string& file) {
    std::error_code error;
    auto real = std::filesystem::weakly_canonical(file, error);  // a link to the file is the file
    const std::string name = (error ? file : real.string()) + "-lock";
    FileLock lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.descriptor_ < 0)
      return tl::unexpected(problem_of(file, "state-unusable", "'" + name + "' cannot be opened: " + std::strerror(errno)));
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0)
      return tl::unexpected(problem_of(file, "state-locked", "another server uses this state; stop it, or name another file"));
    return lock;
  }
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

using FileNumber = std::pair<dev_t, ino_t>;

std::optional<FileNumber> number_of(const std::string& file) {
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 ? std::optional(FileNumber(found.st_dev, found.st_ino)) : std::nullopt;
}

class SqliteStorage final : public Storage {
 public:
  SqliteStorage(FileLock lock, Database database)
      : lock_(std::move(lock)), database_(std::move(database)), writer_(database_), number_(number_of(database_.file())) {
    Statement version = database_.prepare("PRAGMA user_version");
    version.start();
    if (version.next()) written_over_ = version.number(0);
    begin_ = database_.prepare("BEGIN IMMEDIATE");
    commit_ = database_.prepare("COMMIT");
    rollback_ = database_.prepare("ROLLBACK");
    put_exchange_ = database_.prepare("INSERT INTO journal (tenant, at, method, target, status, exchange) VALUES (?, ?, ?, ?, ?, ?)");
    forget_exchanges_ = database_.prepare("DELETE FROM journal WHERE place <= (SELECT max(place) FROM journal) - ?");
  }

  Result<std::vector<StoredTenant>> load(const Contracts& contracts) override { return sqlite::read_tenants(database_, contracts); }

  StorageOutcome append(std::span<const StorageEntry> entries, const LimitCounts& counts) override {
    return change([&] { return writer_.write(entries, counts); });
  }

  StorageOutcome append_journal(std::span<const StoredExchange> exchanges) override {
    return change([&] {
      return std::ranges::all_of(exchanges,
                                 [this](const StoredExchange& one) {
                                   return put_exchange_.run(one.tenant, one.at.time_since_epoch().count(), one.method, one.target,
                                                            std::int64_t{one.status}, one.event);
                                 }) &&
             forget_exchanges_.run(sqlite::kExchangesKept);
    });
  }

 private:
  // One transaction. `write` returns false when SQLite refuses.
  StorageOutcome change(const auto& write) {
    if (number_of(database_.file()) != number_)
      return {.outcome = Receipt::Outcome::not_stored, .reason = "'" + database_.file() + "' was removed or replaced"};
    if (!begin_.run()) return failed();
    const bool is_written = write();
    if (is_written && commit_.run()) return {};
    StorageOutcome outcome = failed();
    const bool may_be_stored = is_written && database_.has_io_error();
    rollback_.run();
    if (may_be_stored && !write_over()) outcome.outcome = Receipt::Outcome::unknown;
    return outcome;
  }

  // When the disk refuses to sync, SQLite takes the transaction back, but it is complete in the log and would count after a crash. The next
  // transaction is written over it, if it changes anything.
  bool write_over() {
    const std::string sql = "BEGIN IMMEDIATE; PRAGMA user_version = " + std::to_string(++written_over_) + "; COMMIT;";
    if (database_.execute(sql.c_str())) return true;
    rollback_.run();
    return false;
  }

  StorageOutcome failed() const { return {.outcome = Receipt::Outcome::not_stored, .reason = database_.last_error()}; }

  FileLock lock_;
  Database database_;
  sqlite::Writer writer_;
  std::optional<FileNumber> number_;
  std::int64_t written_over_ = 0;  // how often; the user version of the database
  Statement begin_, commit_, rollback_, put_exchange_, forget_exchanges_;
};

std::string meta(const Database& database, const char* name) {
  Statement statement = database.prepare("SELECT value FROM meta WHERE name = ?");
  statement.start(name);
  return statement.next() ? std::string(statement.text(0)) : std::string();
}

bool has_tables(const Database& database) {
  Statement statement = database.prepare("SELECT count(*) FROM sqlite_master");
  statement.start();
  return statement.next() && statement.number(0) > 0;
}

Result<void> make_tables(Database& database, const std::string& contracts) {
  const std::string sql = std::string("BEGIN IMMEDIATE;") + sqlite::kTables + "INSERT INTO meta VALUES ('version', '1'), ('contracts', '" +
                          contracts + "'); COMMIT;";
  return database.execute(sql.c_str());
}

Result<void> migrate(Database& database, std::size_t version) {
  if (version == sqlite::kVersion) return {};
  std::string sql = "BEGIN IMMEDIATE;";
  for (; version < sqlite::kVersion; ++version) sql += sqlite::kMigrations[version - 1];
  return database.execute(
      (sql + "UPDATE meta SET value = '" + std::to_string(sqlite::kVersion) + "' WHERE name = 'version'; COMMIT;").c_str());
}

// Of a file with tables: whether this program and these contracts fit. Brings older tables to this version.
Result<void> check_meta(Database& database, const SqliteOptions& options) {
  const std::string version = meta(database, "version");
  if (version.empty())
    return tl::unexpected(problem_of(options.file, "state-unusable", "this is a database of another program, without the table meta"));
  std::size_t number = 0;
  const auto read = std::from_chars(version.data(), version.data() + version.size(), number);
  if (read.ec != std::errc() || read.ptr != version.data() + version.size() || number < 1 || number > sqlite::kVersion) {
    return tl::unexpected(problem_of(options.file, "state-version",
                                     "this state has tables of version " + version + ", expected at most version " +
                                         std::to_string(sqlite::kVersion) + "; use the program that wrote it, or --restage to begin anew"));
  }
  if (const std::string contracts = meta(database, "contracts"); contracts != options.contracts) {
    return tl::unexpected(problem_of(options.file, "state-of-other-contracts",
                                     "this state belongs to contracts with the digest " + contracts + ", and this server has " +
                                         options.contracts + "; use the contracts of the state, or --restage to begin anew"));
  }
  return migrate(database, number);
}

Result<void> drop_tables(Database& database) {
  std::string sql = "BEGIN IMMEDIATE;";
  for (const char* table : sqlite::kTablesOfTenants) sql += "DROP TABLE IF EXISTS " + std::string(table) + ";";
  return database.execute((sql + "DROP TABLE IF EXISTS journal; DROP TABLE IF EXISTS tenants; DROP TABLE IF EXISTS meta; COMMIT;").c_str());
}

}  // namespace

Result<std::unique_ptr<Storage>> open_sqlite(const SqliteOptions& options) {
  auto lock = FileLock::take(options.file);
  if (!lock) return tl::unexpected(std::move(lock.error()));
  auto database = Database::open(options.file);
  if (!database) return tl::unexpected(std::move(database.error()));
  const std::string synchronous = options.full_sync ? "FULL" : "NORMAL";
  const std::string settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = " + synchronous + "; PRAGMA temp_store = MEMORY;";
  if (auto set = database->execute(settings.c_str()); !set) return tl::unexpected(std::move(set.error()));
  if (options.starts_anew) {
    if (auto dropped = drop_tables(*database); !dropped) return tl::unexpected(std::move(dropped.error()));
  }
  if (!has_tables(*database)) {
    if (auto made = make_tables(*database, options.contracts); !made) return tl::unexpected(std::move(made.error()));
  }
  if (auto ready = check_meta(*database, options); !ready) return tl::unexpected(std::move(ready.error()));
  return std::make_unique<SqliteStorage>(std::move(*lock), std::move(*database));
}

}  // namespace understudy
