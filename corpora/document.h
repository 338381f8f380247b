// Documents as streams: a reader yields documents one after another, a document yields its text in
// chunks, so that neither a corpus nor a single long document is ever whole in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rmt::corpora {

/// Valid UTF-8, pulled chunk by chunk. A chunk never ends inside a code point.
class TextSource {
 public:
  virtual ~TextSource() = default;
  /// Replaces `chunk` with the next piece (never empty while true is returned); false at the end.
  /// Throws Error: bad_text with the byte offset, truncated, io.
  virtual bool next(std::string& chunk) = 0;
};

struct Document {
  std::string id;      ///< unique in its reader and stable between runs: path, or path#line for records
  std::string title;   ///< for tables; may equal `id`
  std::string source;  ///< the set or repository a record names, else the reader's kind ("tex", "lean", …)
  std::unique_ptr<TextSource> text;
};

/// Something a person should know that did not stop the reading.
struct Notice {
  std::string where;
  std::string what;
};

struct ReadOptions {
  bool lossy = false;         ///< replace invalid UTF-8 by U+FFFD instead of refusing the document
  bool skip_broken = false;   ///< go on after a broken record, with a notice, instead of refusing the file
  std::function<void(const Notice&)> on_notice = [](const Notice&) {};
};

class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// The next document, or nothing at the end. The text of a document must be read (or dropped)
  /// before the next call.
  virtual std::optional<Document> next() = 0;
};

/// Opens files and folders in the order given; "-" is standard input. The kind of a file is told by
/// its name and first bytes: text, Markdown, .tex (with its \input tree), .tar.gz or .gz (an arXiv
/// source package), .jsonl, .jsonl.zst (Pile records), .lean. A folder is walked in sorted order; its
/// .lean files come in import order. Throws Error: not_found, unsupported, bad_text.
std::unique_ptr<DocumentReader> open_documents(const std::vector<std::string>& paths, const ReadOptions& options);

/// The whole text of a source; for small inputs and tests.
std::string read_all(TextSource& source);

}  // namespace rmt::corpora
