// A whole file as read-only memory: weights are read where they lie, page by page.
#pragma once

#include <string>
#include <string_view>

namespace rmt::model {

/// The file must not shrink while it is mapped (reading past its new end kills the process), so
/// files of ours are replaced by a rename, never rewritten: see atomic_file.h.
class MappedFile {
 public:
  /// Throws Error: not_found, io (also for anything but a plain file).
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  const std::string& path() const { return path_; }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string path_;
  std::string_view bytes_;
};

/// The content of a small file of text. Throws like MappedFile, and Error(malformed) above `most` bytes.
std::string read_text_file(const std::string& path, size_t most);

}  // namespace rmt::model
