// The wall around SQLite: a connection and its prepared statements, with problems instead of codes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/src/base/problem.h"

struct sqlite3;
struct sqlite3_stmt;

namespace understudy::sqlite {

// A prepared statement. Texts that are bound must live until the next run() or reset. Not thread-safe.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, std::string_view sql);

  // Binds the values to the parameters in order, runs the statement to its end and forgets the values. False: it failed.
  template <class... Values>
  bool run(const Values&... values) {
    bind_all(values...);
    return finish();
  }
  // Starts a query; next() steps through its rows.
  template <class... Values>
  void start(const Values&... values) {
    bind_all(values...);
  }
  bool next();                              // false: no more rows, or it failed (Database::problem)
  void end() { reset(); }                   // of a query whose rows are not all read
  std::string_view text(int column) const;  // until the next step
  std::int64_t number(int column) const;
  bool is_null(int column) const;

 private:
  template <class... Values>
  void bind_all(const Values&... values) {
    reset();
    [[maybe_unused]] int index = 0;
    (bind(++index, values), ...);
  }
  void reset();
  void bind(int index, std::string_view text);
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind(int index, const char* text) { bind(index, std::string_view(text)); }
  void bind(int index, std::int64_t number);
  void bind(int index, std::uint64_t number) { bind(index, static_cast<std::int64_t>(number)); }
  void bind(int index, const std::optional<std::string>& text);
  bool finish();

  std::shared_ptr<sqlite3_stmt> statement_;
};

class Database {
 public:
  // Opens or creates the file, readable by its owner alone. `writes`: this connection may change it.
  static Result<Database> open(const std::string& file, bool writes = true);

  Result<void> execute(const char* sql);  // one statement or several
  Statement prepare(std::string_view sql) const { return {connection_.get(), sql}; }
  std::string last_error() const;  // a sentence with the file
  bool has_failed() const;         // the last call
  bool has_io_error() const;       // of the last call
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::shared_ptr<sqlite3> connection_;
};

}  // namespace understudy::sqlite
