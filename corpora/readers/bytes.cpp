#include "corpora/readers/bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "corpora/error.h"

namespace rmt::corpora {

namespace {

std::string reason(int code) {
  return std::generic_category().message(code);
}

class FileBytes final : public ByteSource {
 public:
  FileBytes(int file, std::string name) : file_(file), name_(std::move(name)) {}
  ~FileBytes() override {
    if (file_ != STDIN_FILENO) ::close(file_);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  size_t read(std::span<char> to) override {
    ssize_t got;
    do {
      got = ::read(file_, to.data(), to.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      throw Error(Errc::io, name_ + ": cannot be read after byte " + std::to_string(offset_) + ": " + reason(errno));
    }
    offset_ += got;
    return static_cast<size_t>(got);
  }

 private:
  int file_;
  std::string name_;
  int64_t offset_ = 0;
};

class StringBytes final : public ByteSource {
 public:
  explicit StringBytes(std::string content) : content_(std::move(content)) {}

  size_t read(std::span<char> to) override {
    const size_t take = std::min(to.size(), content_.size() - from_);
    std::memcpy(to.data(), content_.data() + from_, take);
    from_ += take;
    return take;
  }

 private:
  std::string content_;
  size_t from_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw Error(Errc::not_found, path + ": no such file");
    throw Error(Errc::io, path + ": cannot be opened: " + reason(errno));
  }
  return std::make_unique<FileBytes>(file, path);
}

std::unique_ptr<ByteSource> standard_input() {
  return std::make_unique<FileBytes>(STDIN_FILENO, "standard input");
}

std::unique_ptr<ByteSource> bytes_of(std::string content) {
  return std::make_unique<StringBytes>(std::move(content));
}

std::string_view PeekableBytes::peek(size_t count) {
  while (head_.size() < count) {
    const size_t had = head_.size();
    head_.resize(count);
    const size_t got = from_->read({head_.data() + had, count - had});
    head_.resize(had + got);
    if (got == 0) break;
  }
  return std::string_view(head_).substr(0, count);
}

size_t PeekableBytes::read(std::span<char> to) {
  if (head_.empty()) return from_->read(to);
  const size_t take = std::min(to.size(), head_.size());
  std::memcpy(to.data(), head_.data(), take);
  head_.erase(0, take);
  return take;
}

std::string read_up_to(ByteSource& from, size_t limit) {
  std::string bytes;
  while (bytes.size() < limit) {
    const size_t had = bytes.size(), room = std::min(kChunkBytes, limit - had);
    bytes.resize(had + room);
    const size_t got = from.read({bytes.data() + had, room});
    bytes.resize(had + got);
    if (got == 0) break;
  }
  return bytes;
}

}  // namespace rmt::corpora
