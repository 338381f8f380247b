// A .jsonl corpus as a stream of documents, one record in memory at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "corpora/document.h"
#include "corpora/readers/bytes.h"

namespace rmt::corpora {

/// A record is named by its meta.id, else by "FILE#LINE"; blank lines are passed over. A broken record
/// throws Error naming file and line (malformed, bad_text, or truncated when it is the file's last and
/// unfinished line) or, with `options.skip_broken`, is a notice. Either way next() can go on.
class JsonlReader final : public DocumentReader {
 public:
  JsonlReader(std::unique_ptr<ByteSource> bytes, std::string name, ReadOptions options,
              size_t max_record_bytes = size_t{1} << 30);
  std::optional<Document> next() override;

 private:
  bool read_line(std::string& line);
  bool fill();
  Document parse(std::string& line);
  std::string place() const { return name_ + ":" + std::to_string(line_); }

  std::unique_ptr<ByteSource> bytes_;
  std::string name_;
  ReadOptions options_;
  size_t max_record_bytes_;
  std::string buffer_;  // read but not yet cut into lines, from `from_` on
  size_t from_ = 0;
  int64_t line_ = 0;
  bool at_end_ = false;
  bool too_long_ = false;
};

}  // namespace rmt::corpora
