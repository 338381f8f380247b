// The one writer of a trace database. SQLite's own lock lasts for a transaction; this one lasts as
// long as the store is open, so that two processes never resume the same run side by side. It is an
// flock on a file beside the database, which the kernel drops however the process ends.
#pragma once

#include <string>

namespace rmt::store {

class WriterLock {
 public:
  /// Throws Error: busy, naming the process that holds it; io, disk_full if the file cannot be made.
  explicit WriterLock(const std::string& database_path);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace rmt::store
