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
  std::string id;      ///< unique in its reader and stable between runs: path; of a record meta.id or path#line
  std::string title;   ///< for tables; may equal `id`; both are valid UTF-8
  std::string source;  ///< the set or repository a record names, else the reader's kind ("tex", "lean", …)
  std::unique_ptr<TextSource> text;
};

/// Something a person should know that did not stop the reading.
struct Notice {
  std::string where;
  std::string what;
};

struct ReadOptions {
  bool lossy = false;        ///< replace invalid UTF-8 by U+FFFD instead of refusing the document
  bool skip_broken = false;  ///< go on after a broken record or package, with a notice, instead of refusing
  std::function<void(const Notice&)> on_notice = [](const Notice&) {};
};

class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// The next document, or nothing at the end. The text of a document must be read (or dropped)
  /// before the next call. After an Error the next call goes on with the file after the broken one.
  virtual std::optional<Document> next() = 0;
};

/// Opens files and folders in the order given; "-" is standard input. Compression (gzip, zstd) is told
/// by a file's first bytes, its kind by its name:
/// - .tex: the file with what it \input-s (readers/tex_tree.h);
/// - a tar archive, .tar.gz or .tgz: an arXiv source package, one document (readers/arxiv_package.h); a
///   .gz that holds no tar: one file of TeX, as arXiv sends papers of a single file;
/// - .jsonl, .ndjson: Pile records (readers/jsonl.h); so is standard input when it begins with `{"`;
/// - .txt, .md, .lean, and any other name given here: plain text.
/// A folder is walked by name, with rules for TeX projects and Lean imports (readers/folder.h); files of
/// other kinds in it are passed over. An empty document has empty text and a notice.
///
/// Throws Error: not_found for a path or a folder without documents, and what reading the folder finds.
/// Errors of one file come when the reader reaches it.
std::unique_ptr<DocumentReader> open_documents(const std::vector<std::string>& paths, const ReadOptions& options);

/// The whole text of a source; for small inputs and tests.
std::string read_all(TextSource& source);

}  // namespace rmt::corpora
