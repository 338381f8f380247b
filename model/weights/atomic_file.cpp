#include "model/weights/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>
#include <utility>

#include "model/error.h"

namespace rmt::model {

namespace {

/// Two writers of one path must not meet in one temporary file.
std::string temporary_name(const std::string& path) {
  std::random_device random;
  return path + ".partial-" + std::to_string(random()) + std::to_string(random());
}

}  // namespace

void sync_folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw system_error(folder, "open the folder");
  const bool synced = ::fsync(fd) == 0 || errno == EINVAL;  // EINVAL: a file system that has no such thing
  const int reason = errno;
  ::close(fd);
  errno = reason;
  if (!synced) throw system_error(folder, "flush the folder to the disk");
}

AtomicFile::AtomicFile(const std::string& path) : path_(path), temporary_(temporary_name(path)) {
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd_ < 0) throw system_error(path_, "create a file beside it");
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), std::min<size_t>(bytes.size(), size_t{1} << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw system_error(path_, "write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(fd_) != 0) throw system_error(path_, "flush to the disk");
  const int fd = std::exchange(fd_, -1);
  if (::close(fd) != 0) throw system_error(path_, "close");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw system_error(path_, "move the finished file into place");
  temporary_.clear();
  sync_folder_of(path_);
}

}  // namespace rmt::model
