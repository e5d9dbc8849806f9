#include "mock/storage/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace understudy::sqlite {
namespace {

constexpr int kBusyMilliseconds = 2000;
constexpr std::string_view kHead("SQLite format 3\0", 16);

bool is_failure(int code) { return code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE; }

tl::unexpected<Problem> unusable(const std::string& file, const std::string& reason) {
  return tl::unexpected(
      make_problem(Failure::bad_file, "state-unusable", "the state in this file cannot be used: " + reason, {.file = file}));
}

// Created before SQLite opens it, so that no other user can ever read it. SQLite gives its other files the same mode. A file of another
// kind that is too short for a database would be taken for a new one.
Result<void> prepare_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return unusable(file, std::strerror(errno));
  char head[kHead.size()];
  const auto size = ::pread(descriptor, head, sizeof head, 0);
  ::close(descriptor);
  if (size < 0) return unusable(file, std::strerror(errno));
  if (size > 0 && std::string_view(head, static_cast<std::size_t>(size)) != kHead) return unusable(file, "it is no SQLite database");
  return {};
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_ = {statement, sqlite3_finalize};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

void Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int index, std::int64_t number) { sqlite3_bind_int64(statement_.get(), index, number); }

void Statement::bind(int index, const std::optional<std::string>& text) {
  if (text) bind(index, std::string_view(*text));
}

bool Statement::next() { return sqlite3_step(statement_.get()) == SQLITE_ROW; }

bool Statement::finish() {
  const int code = sqlite3_step(statement_.get());
  reset();
  return !is_failure(code);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string_view() : std::string_view(text, static_cast<std::size_t>(size));
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

Result<Database> Database::open(const std::string& file, bool writes) {
  if (writes) {
    if (auto created = prepare_file(file); !created) return tl::unexpected(std::move(created.error()));
  }
  sqlite3* connection = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  Database database;
  database.file_ = file;
  database.connection_ = {connection, sqlite3_close_v2};
  if (code != SQLITE_OK) return unusable(file, sqlite3_errstr(code));
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
  return database;
}

Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return unusable(file_, sqlite3_errmsg(connection_.get()));
}

bool Database::has_failed() const { return is_failure(sqlite3_errcode(connection_.get())); }

bool Database::has_io_error() const { return (sqlite3_extended_errcode(connection_.get()) & 0xff) == SQLITE_IOERR; }

std::string Database::last_error() const { return "'" + file_ + "' was not written: " + sqlite3_errmsg(connection_.get()); }

}  // namespace understudy::sqlite
