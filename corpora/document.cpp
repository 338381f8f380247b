// open_documents(): paths to documents. The kinds of files are in readers/; here they are told apart.
#include "corpora/document.h"

#include <filesystem>
#include <functional>
#include <unordered_map>
#include <utility>

#include "corpora/error.h"
#include "corpora/readers/arxiv_package.h"
#include "corpora/readers/bytes.h"
#include "corpora/readers/compressed.h"
#include "corpora/readers/file_kind.h"
#include "corpora/readers/folder.h"
#include "corpora/readers/jsonl.h"
#include "corpora/readers/tex_files.h"
#include "corpora/readers/tex_tree.h"
#include "corpora/readers/utf8.h"

namespace rmt::corpora {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kStandardInput = "-";

class OneDocument final : public DocumentReader {
 public:
  explicit OneDocument(Document document) : document_(std::move(document)) {}
  std::optional<Document> next() override { return std::exchange(document_, std::nullopt); }

 private:
  std::optional<Document> document_;
};

// Says so when a document turns out to have no text.
class NoticedText final : public TextSource {
 public:
  NoticedText(std::unique_ptr<TextSource> text, std::string name, ReadOptions options)
      : text_(std::move(text)), name_(std::move(name)), options_(std::move(options)) {}

  bool next(std::string& chunk) override {
    const bool more = text_->next(chunk);
    if (!more && empty_) options_.on_notice({name_, "the document is empty"});
    empty_ = false;
    return more;
  }

 private:
  std::unique_ptr<TextSource> text_;
  std::string name_;
  ReadOptions options_;
  bool empty_ = true;
};

std::string file_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::unique_ptr<PeekableBytes> peekable(std::unique_ptr<ByteSource> bytes) {
  return std::make_unique<PeekableBytes>(std::move(bytes));
}

// Takes compression off, as the first bytes tell; the name may only promise it.
std::unique_ptr<PeekableBytes> decompressed(std::unique_ptr<PeekableBytes> bytes, const std::string& path,
                                            bool& compressed) {
  const std::string_view head = bytes->peek(4);
  compressed = true;
  if (is_gzip(head)) return peekable(gunzip(std::move(bytes), path));
  if (is_zstd(head)) return peekable(unzstd(std::move(bytes), path));
  compressed = false;
  if (!file_name(path).compressed) return bytes;
  throw head.empty() ? Error(Errc::truncated, path + ": an empty file where compressed data should be (0 bytes read)")
                     : Error(Errc::malformed, path + ": named as compressed, but neither gzip nor zstd data");
}

Document plain(std::unique_ptr<ByteSource> bytes, const std::string& path, std::string source,
               const ReadOptions& options) {
  auto text = std::make_unique<Utf8Text>(std::move(bytes), path, options);
  return {path, file_part(path), std::move(source), std::move(text)};
}

Document tex_on_disk(const Readable& file, const ReadOptions& options) {
  const fs::path path = file.path;
  const bool alone = file.root.empty();
  auto files = std::make_unique<TexFolder>(alone ? path.parent_path().string() : file.root);
  const std::string main = (alone ? path.filename() : path.lexically_relative(file.root)).string();
  return {file.path, file_part(file.path), "tex", std::make_unique<TexTree>(std::move(files), main, options)};
}

std::unique_ptr<DocumentReader> open_readable(const Readable& file, const ReadOptions& options) {
  const auto one = [](Document document) { return std::make_unique<OneDocument>(std::move(document)); };
  bool compressed = false;
  auto bytes = decompressed(peekable(open_file(file.path)), file.path, compressed);
  if (is_tar(bytes->peek(kTarHeaderBytes))) return one(open_package(std::move(bytes), file.path, options));
  switch (file.kind) {
    case FileKind::records: return std::make_unique<JsonlReader>(std::move(bytes), file.path, options);
    case FileKind::tex:
      return one(compressed ? plain(std::move(bytes), file.path, "tex", options) : tex_on_disk(file, options));
    case FileKind::package: return one(plain(std::move(bytes), file.path, "arxiv", options));  // no tar: one file
    case FileKind::markdown: return one(plain(std::move(bytes), file.path, "markdown", options));
    case FileKind::lean: return one(plain(std::move(bytes), file.path, "lean", options));
    case FileKind::text:
    case FileKind::unknown: break;
  }
  return one(plain(std::move(bytes), file.path, "text", options));
}

std::unique_ptr<DocumentReader> open_standard_input(const ReadOptions& options) {
  const std::string name = "standard input";
  bool compressed = false;
  auto bytes = decompressed(peekable(standard_input()), name, compressed);
  if (bytes->peek(2) == "{\"") {
    options.on_notice({name, "begins like JSON and is read as records, one a line"});
    return std::make_unique<JsonlReader>(std::move(bytes), name, options);
  }
  Document document = plain(std::move(bytes), name, "text", options);
  document.id = kStandardInput;
  return std::make_unique<OneDocument>(std::move(document));
}

class PathReader final : public DocumentReader {
 public:
  PathReader(std::vector<Readable> files, ReadOptions options)
      : files_(std::move(files)), options_(std::move(options)) {}

  std::optional<Document> next() override {
    for (;;) {
      if (auto document = next_of_current()) return finished(std::move(*document));
      if (at_ == files_.size()) return std::nullopt;
      open(files_[at_++]);
    }
  }

 private:
  std::optional<Document> next_of_current() {
    if (!current_) return std::nullopt;
    auto reader = std::move(current_);  // an error leaves the rest of the file behind
    auto document = reader->next();
    if (document) current_ = std::move(reader);
    return document;
  }

  void open(const Readable& file) {
    try {
      current_ = file.path == kStandardInput ? open_standard_input(options_) : open_readable(file, options_);
    } catch (const Error& error) {
      const bool lost = error.code() == Errc::io || error.code() == Errc::truncated;
      if (!options_.skip_broken || lost) throw;
      options_.on_notice({file.path, std::string("skipped: ") + error.what()});
    }
  }

  Document finished(Document document) {
    document.id = repaired_utf8(document.id);  // a file name may be any bytes
    document.title = repaired_utf8(document.title);
    document.id = unique(document.id);
    document.text = std::make_unique<NoticedText>(std::move(document.text), document.id, options_);
    return document;
  }

  // `id`, or "id (2)" where it was given out before.
  std::string unique(const std::string& id) {
    const auto hash = std::hash<std::string>();
    int64_t times = ++seen_[hash(id)];
    std::string name = id;
    while (times > 1) {
      name = id + " (" + std::to_string(times) + ")";
      if (seen_.try_emplace(hash(name), 1).second) break;
      times = ++seen_[hash(id)];
    }
    return name;
  }

  std::vector<Readable> files_;
  ReadOptions options_;
  size_t at_ = 0;
  std::unique_ptr<DocumentReader> current_;
  std::unordered_map<size_t, int64_t> seen_;  // hashes of ids, and how often: some 50 bytes a document
};

}  // namespace

std::unique_ptr<DocumentReader> open_documents(const std::vector<std::string>& paths, const ReadOptions& options) {
  std::vector<Readable> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == kStandardInput) {
      files.push_back({path, FileKind::text, {}});
    } else if (fs::is_directory(path, error)) {
      for (Readable& file : readables_of_folder(path, options)) files.push_back(std::move(file));
    } else if (fs::exists(path, error)) {
      files.push_back({path, file_name(path).kind, {}});
    } else {
      throw Error(Errc::not_found, path + ": no such file or folder");
    }
  }
  return std::make_unique<PathReader>(std::move(files), options);
}

std::string read_all(TextSource& source) {
  std::string text;
  for (std::string chunk; source.next(chunk);) text += chunk;
  return text;
}

}  // namespace rmt::corpora
