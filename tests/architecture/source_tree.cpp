#include "tests/architecture/source_tree.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

namespace rmt::architecture {
namespace {

constexpr std::array<std::string_view, 9> kFolders = {"app",   "bench",  "cmake", "corpora", "lm",
                                                      "model", "prover", "tests", "web"};
constexpr std::array<std::string_view, 8> kSuffixes = {".h", ".cpp", ".cmake", ".txt", ".md", ".sh", ".py", ".awk"};

bool is_ours(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".txt" && path.filename() != "CMakeLists.txt") return false;  // fixtures
  return std::ranges::find(kSuffixes, extension) != kSuffixes.end();
}

SourceFile read_source(const std::filesystem::path& root, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return parse_source(path.lexically_relative(root).generic_string(), text.str());
}

}  // namespace

SourceFile parse_source(const std::string& path, const std::string& text) {
  SourceFile file{.path = path, .lines = {}, .includes = {}};
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    file.lines.push_back(line);
    constexpr std::string_view kInclude = "#include ";
    if (!line.starts_with(kInclude) || line.size() <= kInclude.size()) continue;
    const bool quoted = line[kInclude.size()] == '"';
    const size_t from = kInclude.size() + 1;
    const size_t to = line.find(quoted ? '"' : '>', from);
    if (to == std::string::npos) continue;
    file.includes.push_back({line.substr(from, to - from), quoted, static_cast<int>(file.lines.size())});
  }
  return file;
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
  std::vector<SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.is_regular_file() && (is_ours(entry.path()) || entry.path().filename() == "quickstart")) {
      files.push_back(read_source(root, entry.path()));
    }
  }
  for (const std::string_view folder : kFolders) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (auto entry = std::filesystem::recursive_directory_iterator(root / folder);
         entry != std::filesystem::recursive_directory_iterator(); ++entry) {
      if (entry->is_directory() && entry->path().filename() == "node_modules") entry.disable_recursion_pending();
      if (entry->is_regular_file() && is_ours(entry->path())) files.push_back(read_source(root, entry->path()));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace rmt::architecture
