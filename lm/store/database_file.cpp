#include "lm/store/database_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "lm/store/error.h"
#include "lm/store/migrations.h"

namespace rmt::store {
namespace {

namespace fs = std::filesystem;

constexpr int kHeaderBytes = 100;  // sqlite.org/fileformat.html §1.3
constexpr int kApplicationIdAt = 68;

int64_t big_endian_32(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<int32_t>(value);
}

Error foreign(const std::string& path, const std::string& what) {
  return {Errc::foreign,
          path + ": " + what + ", so not a trace database of rmt-lm. Nothing was changed; give another --db."};
}

Error damaged(const std::string& path, const std::string& what) {
  return {Errc::corrupt, path + ": the database is damaged (" + what + "). Restore a backup, or start a new database."};
}

// Looks at the bytes before SQLite does, which calls a foreign file and a damaged header the same.
// The id may still be 0 in a file of ours, when its first transaction is only in the log.
void check_header(const Database& database) {
  const std::string& path = database.path();
  const std::string head = database.file_head(kHeaderBytes);
  if (head.empty()) return;
  const int64_t id = head.size() < kHeaderBytes ? 0 : big_endian_32(head, kApplicationIdAt);
  if (!head.starts_with(std::string("SQLite format 3\0", 16))) {
    if (id == kApplicationId) throw damaged(path, "its first 16 bytes are not those of SQLite");
    throw foreign(path, "not an SQLite file");
  }
  if (head.size() < kHeaderBytes) throw damaged(path, "it ends inside its header");
  if (id != 0 && id != kApplicationId) throw foreign(path, "an SQLite file of another program");
}

bool has_tables(const Database& database) {
  Statement statement(database, "SELECT count(*) FROM sqlite_schema");
  return statement.step() && statement.integer(0) > 0;
}

// The schema version; 0 for a database that is still empty.
int64_t check_identity(const Database& database) {
  const std::string& path = database.path();
  check_header(database);
  const int64_t id = pragma(database, "application_id");
  const int64_t version = pragma(database, "user_version");
  const auto known = static_cast<int64_t>(migrations().size());
  if (id == 0 && version == 0 && !has_tables(database)) return 0;
  if (id != kApplicationId) throw foreign(path, "an SQLite file of another program");
  if (version > known) {
    throw Error(Errc::newer, path + ": written by a newer rmt-lm (schema " + std::to_string(version) +
                                 ", this one knows up to " + std::to_string(known) +
                                 "). Nothing was changed; use that version, or give another --db.");
  }
  if (version < 1) throw damaged(path, "its schema version is " + std::to_string(version));
  return version;
}

void configure(const Database& database) {
  Statement statement(database, "PRAGMA journal_mode = WAL");
  if (!statement.step() || statement.text(0) != "wal") {
    throw Error(Errc::io, database.path() +
                              ": the file system cannot hold a write-ahead log (is it a network share?). "
                              "Give a --db on a local disk.");
  }
  // FULL: a commit has reached the disk when it returns. The limit hands space back after a long reader.
  database.execute(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
      "PRAGMA journal_size_limit = 16777216;");
}

// Where no index file can be made beside the database, SQLite must be told that nobody writes. A log
// that is there means somebody did, and that it has to be read too: then the ordinary way must do.
bool lies_on_read_only_media(const std::string& path) {
  std::error_code ignored;
  const fs::path folder = fs::absolute(path).parent_path();
  return ::faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) != 0 && !fs::exists(path + "-wal", ignored);
}

}  // namespace

std::unique_ptr<Database> open_for_writing(const std::string& path) {
  auto database = std::make_unique<Database>(path, Access::read_write, kBusyTimeout);
  if (!database->writable()) {
    throw Error(Errc::io, path + ": the file is read-only. Make it writable (chmod u+w), or give another --db.");
  }
  const int64_t version = check_identity(*database);
  configure(*database);
  if (version < static_cast<int64_t>(migrations().size())) migrate(*database, migrations());
  return database;
}

std::unique_ptr<Database> open_for_reading(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    throw Error(Errc::not_found, path + ": no such database. `rmt-lm eval … --db " + path + "` makes one.");
  }
  const Access access = lies_on_read_only_media(path) ? Access::immutable : Access::read_only;
  auto database = std::make_unique<Database>(path, access, kBusyTimeout);
  const int64_t version = check_identity(*database);
  if (version == 0) {
    throw Error(Errc::not_found, path + ": the database is still empty. `rmt-lm eval … --db " + path + "` fills it.");
  }
  if (version < static_cast<int64_t>(migrations().size())) {
    throw Error(Errc::mismatch, path + ": its schema is version " + std::to_string(version) +
                                    ", older than this rmt-lm reads. Any command that writes to it, such as "
                                    "`rmt-lm eval`, brings it up to date.");
  }
  database->execute("PRAGMA trusted_schema = OFF");
  return database;
}

}  // namespace rmt::store
