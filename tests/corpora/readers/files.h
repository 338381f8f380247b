// Files for the reader tests: made in memory or in a folder of their own, sound or damaged.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "corpora/document.h"
#include "corpora/error.h"
#include "corpora/readers/bytes.h"
#include "tests/support/doctest.h"

namespace rmt::tests {

/// A new folder, gone at the end of the scope.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string path() const { return path_.string(); }
  /// Writes a file, with the folders it needs, and gives its full path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

std::string gzipped(const std::string& content);
std::string zstd_of(const std::string& content);
/// A tar archive of (name, content) pairs, in their order.
std::string tar_of(const std::vector<std::pair<std::string, std::string>>& members);

/// tests/fixtures/corpora/<name>.
std::string fixture(const std::string& name);
std::string content_of(const std::string& path);

/// Gives the bytes a few at a time, so that every boundary falls everywhere.
class TrickledBytes final : public corpora::ByteSource {
 public:
  TrickledBytes(std::string content, size_t step) : content_(std::move(content)), step_(step) {}
  size_t read(std::span<char> to) override;

 private:
  std::string content_;
  size_t step_;
  size_t from_ = 0;
};

/// Options that keep the notices given.
struct Listener {
  corpora::ReadOptions options;
  std::shared_ptr<std::vector<std::string>> notices = std::make_shared<std::vector<std::string>>();  // "where: what"

  Listener() {
    options.on_notice = [kept = notices](const corpora::Notice& notice) {
      kept->push_back(notice.where + ": " + notice.what);
    };
  }
};

/// The Error that `action` throws; the test fails when it throws none.
template <typename Action>
corpora::Error error_of(const Action& action) {
  try {
    action();
  } catch (const corpora::Error& error) {
    return error;
  }
  FAIL("no Error was thrown");
  throw std::logic_error("unreachable");
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace rmt::tests
