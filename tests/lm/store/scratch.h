// What the store's tests share: a folder of their own, rows to store, and SQL behind the store's back.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "lm/store/error.h"
#include "lm/store/store.h"

namespace rmt::store::test {

/// Made anew, removed with all it holds at the end. Readable by other users.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

RunSpec sample_spec();
SegmentRow sample_segment(int64_t document, int64_t index);
DocumentRow sample_end(int64_t document, int64_t segments);  ///< the row that finishes a document

/// The code of the Error that `action` throws; nothing if it returns.
std::optional<Errc> error_of(const std::function<void()>& action);
/// Its message.
std::string message_of(const std::function<void()>& action);

/// Runs SQL on the file with a connection of its own, and gives back the first column of the first row.
std::string sql(const std::string& path, const std::string& statements);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

}  // namespace rmt::store::test
