// The one place where SQLite's result codes become errors of this module.
#pragma once

#include <string>

struct sqlite3;

namespace rmt::store {

/// Throws what the connection's latest failed call deserves: Error, std::bad_alloc, or
/// std::invalid_argument for rows that break a constraint, which is the caller's fault. `path` names
/// the database in the message.
[[noreturn]] void throw_sqlite_error(sqlite3* connection, const std::string& path);

/// A system call on the database failed outside SQLite; `system_error` is its errno.
[[noreturn]] void throw_io_error(const std::string& path, const std::string& what, int system_error);

}  // namespace rmt::store
