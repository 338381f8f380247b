// The project's sources as the rules see them: paths, lines, includes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rmt::architecture {

struct Include {
  std::string path;
  bool quoted = false;  ///< "…" and not <…>
  int line = 0;
};

struct SourceFile {
  std::string path;  ///< from the project's root, with '/'
  std::vector<std::string> lines;
  std::vector<Include> includes;

  bool is_header() const { return path.ends_with(".h"); }
};

/// `text` taken apart.
SourceFile parse_source(const std::string& path, const std::string& text);

/// Every text file of ours below `root`: C++, CMake, scripts, Markdown.
std::vector<SourceFile> read_tree(const std::filesystem::path& root);

}  // namespace rmt::architecture
