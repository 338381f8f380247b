// POST /v1/documents: a file as people have it - a TeX package, compressed records - becomes the texts that are in it,
// read by the same readers as `rmt-lm eval` reads files with.
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "corpora/document.h"
#include "corpora/error.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

namespace fs = std::filesystem;

/// One uploaded file in a folder of its own, both gone when this is. Readers tell compression and kind by file.
class UploadedFile {
 public:
  explicit UploadedFile(const std::string& name) {
    std::string folder = (fs::temp_directory_path() / "rmt-lm-document-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::system_error(errno, std::generic_category(), folder);
    folder_ = folder;
    path_ = folder_ / plain_name(name);
    file_.open(path_, std::ios::binary);
  }
  ~UploadedFile() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  UploadedFile(const UploadedFile&) = delete;
  UploadedFile& operator=(const UploadedFile&) = delete;

  void write(const std::string& piece) {
    if (!file_.write(piece.data(), static_cast<std::streamsize>(piece.size())))
      throw HttpError(507, "The server's disk is full: nothing was kept.", {}, "disk_full");
  }
  void close() {
    file_.close();
    if (!file_) throw HttpError(507, "The server's disk is full: nothing was kept.", {}, "disk_full");
  }

  std::string path() const { return path_.string(); }
  /// What readers say of the file, without where it lies on this machine.
  std::string without_place(std::string text) const {
    const std::string place = folder_.string() + "/";
    for (size_t at = text.find(place); at != std::string::npos; at = text.find(place)) text.erase(at, place.size());
    return text;
  }

 private:
  /// Letters, digits, '-', '_' and '.' of the name's end; never hidden, never a way out of the folder.
  static std::string plain_name(const std::string& name) {
    std::string plain = "file";
    const size_t slash = name.find_last_of("/\\");
    std::string last = slash == std::string::npos ? name : name.substr(slash + 1);
    if (last.size() > 120) last.erase(0, last.size() - 120);
    for (char& c : last)
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-' && c != '_') c = '_';
    if (last.empty()) return plain;
    return last.front() == '.' ? plain + last : last;
  }

  fs::path folder_, path_;
  std::ofstream file_;
};

awaitable<void> receive(Exchange& exchange, UploadedFile& file, size_t limit) {
  size_t size = 0;
  for (;;) {
    const std::string piece = co_await exchange.read_some();
    if (piece.empty()) break;
    size += piece.size();
    if (size > limit)
      throw HttpError(413, "The file has more than " + std::to_string(limit >> 20) +
                               " MiB; 'rmt-lm eval' reads files of any size.");
    file.write(piece);
  }
  file.close();
}

/// One line of the answer at a time, so that a text is nowhere whole.
class Lines {
 public:
  Lines(Exchange& exchange, const UploadedFile& file) : exchange_(exchange), file_(file) {}

  awaitable<void> document(const corpora::Document& document) {
    const Json json = {{"id", file_.without_place(document.id)},
                       {"title", file_.without_place(document.title)},
                       {"source", document.source}};
    const std::string line = store::typed_line("document", json) + "\n";
    co_await exchange_.write(line);
  }
  awaitable<void> text(const std::string& chunk) {
    const Json json = {{"text", chunk}};
    const std::string line = store::typed_line("text", json) + "\n";
    co_await exchange_.write(line);
  }
  awaitable<void> notice(const corpora::Notice& notice) {
    const Json json = {{"where", file_.without_place(notice.where)}, {"what", file_.without_place(notice.what)}};
    const std::string line = store::typed_line("notice", json) + "\n";
    co_await exchange_.write(line);
  }
  awaitable<void> end(const std::string& error) {
    const Json json = {{"error", error.empty() ? Json(nullptr) : Json(file_.without_place(error))}};
    const std::string line = store::typed_line("end", json) + "\n";
    co_await exchange_.write(line);
    co_await exchange_.end();
  }

 private:
  Exchange& exchange_;
  const UploadedFile& file_;
};

awaitable<void> read_all(corpora::DocumentReader& reader, std::vector<corpora::Notice>& notices, Lines& lines) {
  while (std::optional<corpora::Document> document = reader.next()) {
    co_await lines.document(*document);
    for (std::string chunk; document->text->next(chunk);) co_await lines.text(chunk);
    for (const corpora::Notice& notice : std::exchange(notices, {})) co_await lines.notice(notice);
  }
}

}  // namespace

awaitable<void> answer_documents(Api& api, Exchange& exchange, Call /*call*/) {
  UploadedFile file(exchange.request().parameter("name").value_or(""));
  co_await receive(exchange, file, api.limits.body_bytes);

  std::vector<corpora::Notice> notices;
  corpora::ReadOptions options;
  options.lossy = options.skip_broken = true;
  options.on_notice = [&notices](const corpora::Notice& notice) { notices.push_back(notice); };
  const std::vector<std::string> paths(1, file.path());
  const auto reader = corpora::open_documents(paths, options);

  Response head;
  head.headers.emplace_back("content-type", "application/x-ndjson");
  co_await exchange.begin(std::move(head));
  Lines lines(exchange, file);
  std::string error;
  try {
    co_await read_all(*reader, notices, lines);
  } catch (const corpora::Error& broken) {
    error = broken.what();
  }
  for (const corpora::Notice& notice : notices) co_await lines.notice(notice);
  co_await lines.end(error);
}

}  // namespace rmt::web
