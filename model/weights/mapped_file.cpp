#include "model/weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "model/error.h"

namespace rmt::model {

namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

MappedFile::MappedFile(const std::string& path) : path_(path) {
  // O_NONBLOCK: opening a named pipe must not wait for its writer.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) throw system_error(path, "open");
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) throw system_error(path, "read its size");
  if (!S_ISREG(status.st_mode)) throw Error(Errc::io, path + ": not a plain file");
  if (status.st_size == 0) return;  // an empty mapping does not exist
  const auto size = static_cast<size_t>(status.st_size);
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (start == MAP_FAILED) throw system_error(path, "map into memory");
  bytes_ = {static_cast<const char*>(start), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

std::string read_text_file(const std::string& path, size_t most) {
  const MappedFile file(path);
  if (file.bytes().size() > most)
    throw Error(Errc::malformed, path + ": " + std::to_string(file.bytes().size()) + " bytes, more than the " +
                                     std::to_string(most) + " such a file may have");
  return std::string(file.bytes());
}

}  // namespace rmt::model
