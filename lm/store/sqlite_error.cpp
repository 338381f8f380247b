#include "lm/store/sqlite_error.h"

#include <sqlite3.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

#include "lm/store/error.h"

namespace rmt::store {
namespace {

// The errno of the last call that failed on the database (or its log): SQLite keeps it by file.
int last_system_error(sqlite3* connection, int which_file) {
  sqlite3_file* file = nullptr;
  int system_error = 0;
  if (sqlite3_file_control(connection, "main", which_file, &file) == SQLITE_OK && file != nullptr &&
      file->pMethods != nullptr) {
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &system_error);
  }
  return system_error;
}

bool means_disk_full(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

// SQLITE_FULL is only said for ENOSPC; a quota or a size limit comes as an I/O error.
bool disk_is_full(sqlite3* connection) {
  return means_disk_full(sqlite3_system_errno(connection)) ||
         means_disk_full(last_system_error(connection, SQLITE_FCNTL_JOURNAL_POINTER)) ||
         means_disk_full(last_system_error(connection, SQLITE_FCNTL_FILE_POINTER));
}

Error disk_full(const std::string& path) {
  return {Errc::disk_full,
          path +
              ": the disk, the quota or the file size limit (ulimit -f) is used up. The transaction was rolled back "
              "and everything committed before it is safe; free some space and resume."};
}

Error busy(const std::string& path) {
  return {Errc::busy, path + ": another program holds the write lock (a sqlite3 shell, a backup?). `fuser " + path +
                          "` names it; let it end, then run the same command again."};
}

Error damaged(const std::string& path, const std::string& reason) {
  return {Errc::corrupt, path + ": the database is damaged (" + reason +
                             "). Restore a backup, or save what can be read with `sqlite3 " + path +
                             " .recover` and start a new database."};
}

}  // namespace

void throw_sqlite_error(sqlite3* connection, const std::string& path) {
  const int code = sqlite3_errcode(connection);
  const int system_error = sqlite3_system_errno(connection);
  const std::string reason = sqlite3_errmsg(connection);
  switch (code & 0xff) {
    case SQLITE_NOMEM: throw std::bad_alloc();
    case SQLITE_FULL: throw disk_full(path);
    case SQLITE_IOERR:
      if (disk_is_full(connection)) throw disk_full(path);
      throw_io_error(path, reason, system_error);
    case SQLITE_CANTOPEN: throw_io_error(path, reason, system_error);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: throw_io_error(path, reason, 0);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw busy(path);
    case SQLITE_CONSTRAINT: throw std::invalid_argument(path + ": the rows break the schema: " + reason);
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG: throw std::invalid_argument(path + ": " + reason);
    default:  // CORRUPT, NOTADB; also ERROR, as our SQL only fails on a schema that is not what its version says
      throw damaged(path, reason);
  }
}

void throw_io_error(const std::string& path, const std::string& what, int system_error) {
  const std::string reason = system_error == 0 ? "" : ": " + std::generic_category().message(system_error);
  throw Error(Errc::io, path + ": " + what + reason +
                            ". Check that the file and its folder can be read and written, or give another --db.");
}

}  // namespace rmt::store
