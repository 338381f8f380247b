#include "lm/store/sqlite_handle.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <new>

#include "lm/store/sqlite_error.h"

namespace rmt::store {
namespace {

// A name SQLite takes literally: absolute, so that neither ":memory:" nor a later chdir changes it.
std::string literal_name(const std::string& path) {
  return std::filesystem::absolute(path).string();
}

// "immutable" can only be asked for in a URI, where a few characters need escapes.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file://";
  for (const char c : literal_name(path)) {
    switch (c) {
      case '%': uri += "%25"; break;
      case '?': uri += "%3f"; break;
      case '#': uri += "%23"; break;
      default: uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const noexcept {
  sqlite3_close(handle);
}

Database::Database(const std::string& path, Access access, std::chrono::milliseconds busy_timeout) : path_(path) {
  const bool immutable = access == Access::immutable;
  const int mode = access == Access::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (immutable ? SQLITE_OPEN_URI : 0);
  const std::string name = immutable ? immutable_uri(path) : literal_name(path);

  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &opened, flags, nullptr);
  handle_.reset(opened);
  if (!handle_) throw std::bad_alloc();
  if (result != SQLITE_OK) fail();
  sqlite3_busy_timeout(handle(), static_cast<int>(busy_timeout.count()));
}

void Database::execute(const std::string& sql) const {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void Database::try_execute(const char* sql) const noexcept {
  sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
}

int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle());
}
int64_t Database::changed_rows() const {
  return sqlite3_changes64(handle());
}
bool Database::writable() const {
  return sqlite3_db_readonly(handle(), "main") == 0;
}

std::string Database::file_head(int count) const {
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  if (sqlite3_file_control(handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file->pMethods == nullptr || file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
    throw_io_error(path_, "its size cannot be read", errno);
  }
  std::string head(static_cast<size_t>(std::min<sqlite3_int64>(size, count)), '\0');
  if (!head.empty() && file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0) != SQLITE_OK) {
    throw_io_error(path_, "its first bytes cannot be read", errno);
  }
  return head;
}

void Database::fail() const {
  throw_sqlite_error(handle(), path_);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* compiled = nullptr;
  require(sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                             &compiled, nullptr));
  handle_.reset(compiled);
}

bool Statement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    reset();
    return false;
  }
  try {
    database_.fail();
  } catch (...) {
    reset();  // only now: a reset may overwrite the reason
    throw;
  }
}

void Statement::reset() noexcept {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

void Statement::require(int result) const {
  if (result != SQLITE_OK) database_.fail();
}

void Statement::bind_one(int index, int64_t value) {
  require(sqlite3_bind_int64(handle_.get(), index, value));
}
void Statement::bind_one(int index, double value) {
  require(sqlite3_bind_double(handle_.get(), index, value));
}

void Statement::bind_one(int index, const std::optional<double>& value) {
  if (value) bind_one(index, *value);  // reset() left NULL in its place otherwise
}

void Statement::bind_one(int index, std::string_view text) {
  const char* bytes = text.data() ? text.data() : "";  // a null pointer would bind NULL
  require(sqlite3_bind_text64(handle_.get(), index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_one(int index, Blob blob) {
  const char* bytes = blob.bytes.data() ? blob.bytes.data() : "";
  require(sqlite3_bind_blob64(handle_.get(), index, bytes, blob.bytes.size(), SQLITE_STATIC));
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}

std::optional<double> Statement::real_or_null(int column) const {
  if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL) return std::nullopt;
  return real(column);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))) : std::string();
}

std::string Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))) : std::string();
}

Transaction::Transaction(const Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // After a full disk or a failed write SQLite may have rolled back on its own.
  if (sqlite3_get_autocommit(database_.handle()) == 0) database_.try_execute("ROLLBACK");
}

void Transaction::commit() {
  database_.execute("COMMIT");
}

}  // namespace rmt::store
