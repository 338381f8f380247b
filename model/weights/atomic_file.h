// A file that appears whole or not at all: a crash, a full disk or an exception leaves what was there.
#pragma once

#include <string>
#include <string_view>

namespace rmt::model {

class AtomicFile {
 public:
  /// Starts a new file beside `path`. Throws Error: not_found (no such folder), io.
  explicit AtomicFile(const std::string& path);
  /// Drops what was written unless commit() returned.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws Error(io), for example on a full disk.
  void write(std::string_view bytes);

  /// Flushes to the disk and takes the place of `path`. Throws Error(io).
  void commit();

 private:
  std::string path_, temporary_;
  int fd_ = -1;
};

/// What was moved to `path` is there after a power loss only once its folder was flushed, which this does. Throws
/// Error: not_found, io.
void sync_folder_of(const std::string& path);

}  // namespace rmt::model
