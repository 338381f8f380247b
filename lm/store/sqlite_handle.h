// SQLite's C handles as C++ values: a connection, a prepared statement, a transaction. A call that
// fails throws what sqlite_error.h makes of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace rmt::store {

enum class Access {
  read_write,  ///< created if missing
  read_only,
  immutable  ///< read-only, on media where no lock or index file can be made; nobody may write meanwhile
};

/// Bytes bound as a BLOB; plain strings are bound as TEXT.
struct Blob {
  std::string_view bytes;
};

/// One connection, used by one thread at a time.
class Database {
 public:
  /// Opens lazily, as SQLite does: a file that is no database is only found out by the first read.
  Database(const std::string& path, Access access, std::chrono::milliseconds busy_timeout);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql) const;        ///< one or more statements; their rows are dropped
  void try_execute(const char* sql) const noexcept;  ///< for destructors: what fails is left as it is
  int64_t last_insert_id() const;
  int64_t changed_rows() const;  ///< by the latest INSERT, UPDATE or DELETE
  bool writable() const;
  /// The first `count` bytes of the file as they lie on the disk, fewer if it is shorter. Read through
  /// SQLite's own descriptor: closing another one would drop this process's locks on the file.
  std::string file_head(int count) const;

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_.get(); }

  [[noreturn]] void fail() const;  ///< of the latest call: see sqlite_error.h

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Compiled once, run many times. The database must outlive it.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);

  /// Starts afresh with ?1, ?2, … set. Bound text and blobs must live until the last step.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// True when a row stands, false at the end. Resets before it throws or returns false.
  bool step();
  void reset() noexcept;  ///< lets go of the rows and of what was bound
  /// bind() and all the steps, for statements whose rows do not matter.
  template <typename... Values>
  void run(const Values&... values) {
    bind(values...);
    while (step()) {
    }
  }

  int64_t integer(int column) const;
  double real(int column) const;
  std::optional<double> real_or_null(int column) const;
  std::string text(int column) const;  ///< "" for NULL
  std::string blob(int column) const;

 private:
  void bind_one(int index, int64_t value);
  void bind_one(int index, double value);
  void bind_one(int index, const std::optional<double>& value);
  void bind_one(int index, std::string_view text);
  void bind_one(int index, Blob blob);
  void require(int result) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  const Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// BEGIN IMMEDIATE, and ROLLBACK unless commit() returned.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database& database_;
};

}  // namespace rmt::store
