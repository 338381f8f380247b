#include "web/ui/ui_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "web/ui/embedded_file.h"

namespace rmt::web {
namespace {

namespace fs = std::filesystem;

std::string content_type(const fs::path& path) {
  static const std::map<std::string, std::string> types = {{".html", "text/html; charset=utf-8"},
                                                           {".js", "text/javascript; charset=utf-8"},
                                                           {".css", "text/css; charset=utf-8"},
                                                           {".json", "application/json"},
                                                           {".svg", "image/svg+xml"},
                                                           {".txt", "text/plain; charset=utf-8"}};
  const auto type = types.find(path.extension().string());
  return type == types.end() ? "application/octet-stream" : type->second;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) throw std::runtime_error(path.string() + " cannot be read");
  return content;
}

}  // namespace

std::vector<StaticFile> embedded_ui() {
  std::vector<StaticFile> files;
  for (const EmbeddedFile& file : embedded_files())
    files.push_back({file.path, file.content_type, {file.begin, file.end}, "gzip", file.etag, file.immutable});
  return files;
}

std::vector<StaticFile> ui_in_folder(const std::string& folder) {
  const fs::path root(folder);
  if (!fs::is_regular_file(root / "index.html"))
    throw std::runtime_error(folder + " has no index.html: build the page there with 'npm run build' in web/ui");
  std::vector<StaticFile> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const fs::path path = entry.path();
    files.push_back(
        {"/" + path.lexically_relative(root).generic_string(), content_type(path), read(path), "", "", false});
  }
  return files;
}

}  // namespace rmt::web
