#include "corpora/readers/arxiv_package.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <new>
#include <optional>

#include "corpora/error.h"
#include "corpora/readers/paths.h"
#include "corpora/readers/tex_main.h"
#include "corpora/readers/tex_tree.h"
#include "corpora/readers/utf8.h"

namespace rmt::corpora {

namespace {

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

// libarchive over a ByteSource. Exceptions must not pass through its C frames: they are kept and thrown
// again on our side.
class Tar {
 public:
  Tar(std::unique_ptr<ByteSource> from, const std::string& name, const PackageLimits& limits)
      : from_(std::move(from)), name_(name), limits_(limits), handle_(archive_read_new()) {
    if (!handle_) throw std::bad_alloc();
    archive_read_support_format_tar(handle_.get());
    check(archive_read_open(handle_.get(), this, nullptr, &Tar::give, nullptr));
  }
  Tar(const Tar&) = delete;
  Tar& operator=(const Tar&) = delete;

  /// The next member, or null at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(handle_.get(), &entry);
    if (status == ARCHIVE_EOF && !failure_) return nullptr;
    check(status);
    if (++members_ > limits_.members) refuse("more than " + std::to_string(limits_.members) + " members");
    return entry;
  }

  /// Appends a piece of the member's content; false at its end.
  bool read(std::string& content) {
    const la_ssize_t got = archive_read_data(handle_.get(), piece_.data(), piece_.size());
    if (got < 0 || failure_) check(static_cast<int>(got));
    content.append(piece_.data(), static_cast<size_t>(std::max<la_ssize_t>(got, 0)));
    return got > 0;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(Errc::malformed, name_ + ": " + what + "; unpack it yourself and give the folder if you trust it");
  }

 private:
  static la_ssize_t give(archive* handle, void* self, const void** bytes) {
    auto& tar = *static_cast<Tar*>(self);
    try {
      const size_t got = tar.from_->read(tar.input_);
      tar.taken_ += static_cast<int64_t>(got);
      tar.at_end_ = got == 0;
      if (tar.taken_ > tar.limits_.total_bytes) {
        tar.refuse("unpacks to more than " + std::to_string(tar.limits_.total_bytes >> 20) + " MiB");
      }
      *bytes = tar.input_.data();
      return static_cast<la_ssize_t>(got);
    } catch (...) {
      tar.failure_ = std::current_exception();
      archive_set_error(handle, EIO, "the bytes cannot be read");
      return -1;
    }
  }

  void check(int status) const {
    if (failure_) std::rethrow_exception(failure_);
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) return;
    const char* what = archive_error_string(handle_.get());
    throw Error(at_end_ ? Errc::truncated : Errc::malformed,
                name_ + ": " + (at_end_ ? "the tar archive ends too early" : "damaged tar archive") + " (" +
                    (what ? what : "unknown reason") + "), after " + std::to_string(taken_) +
                    " bytes; fetch or copy the file again");
  }

  std::unique_ptr<ByteSource> from_;
  const std::string& name_;
  const PackageLimits& limits_;
  std::unique_ptr<archive, FreeArchive> handle_;
  std::array<char, kChunkBytes> input_, piece_;
  std::exception_ptr failure_;
  int64_t members_ = 0, taken_ = 0;
  bool at_end_ = false;  // of the bytes
};

// Nothing for what is no file of its own, and for a name in no charset libarchive can read.
std::optional<std::string> file_path(archive_entry* entry) {
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) return std::nullopt;
  if (const char* path = archive_entry_pathname(entry)) return path;
  if (const char* path = archive_entry_pathname_utf8(entry)) return path;
  return std::nullopt;
}

// The member's content, or nothing when its first bytes are those of an image or the like.
bool read_text(Tar& tar, std::string& content, int64_t room) {
  bool first = true;
  while (tar.read(content)) {
    if (first && (!binary_kind(content).empty() || content.find('\0') != std::string::npos)) return false;
    first = false;
    if (static_cast<int64_t>(content.size()) > room)
      tar.refuse("holds more text than this program keeps of one package");
  }
  return true;
}

}  // namespace

TexMembers read_package(std::unique_ptr<ByteSource> tar, const std::string& name, const PackageLimits& limits) {
  Tar package(std::move(tar), name, limits);
  TexMembers members;
  int64_t kept = 0;
  std::string skipped;  // one binary member, for the message
  while (archive_entry* entry = package.next()) {
    const auto path = file_path(entry);
    if (!path) continue;
    const auto normal = path_within_root("", *path);
    if (!normal || normal->empty()) {
      package.refuse("the member '" + repaired_utf8(*path) + "' would lie outside the package");
    }
    std::string content;
    if (!read_text(package, content, limits.text_bytes - kept)) {
      skipped = repaired_utf8(*path);
      continue;
    }
    kept += static_cast<int64_t>(content.size());
    members.insert_or_assign(*normal, std::move(content));
  }
  if (members.empty()) {
    throw Error(Errc::not_found, name + ": no TeX source in it" + (skipped.empty() ? "" : ", only " + skipped) +
                                     "; get the source package, or give the text (e.g. from pdftotext)");
  }
  return members;
}

Document open_package(std::unique_ptr<ByteSource> tar, const std::string& name, const ReadOptions& options,
                      const PackageLimits& limits) {
  TexMembers members = read_package(std::move(tar), name, limits);
  std::string main = find_main_file(name, members, options);
  auto files = std::make_unique<TexPackage>(name, std::move(members));
  return {name, name.substr(name.rfind('/') + 1), "arxiv",
          std::make_unique<TexTree>(std::move(files), std::move(main), options)};
}

}  // namespace rmt::corpora
