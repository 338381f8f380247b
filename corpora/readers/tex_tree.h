// A LaTeX document as one text: its main file with every included file in the place of the command
// that includes it. Nothing else is changed: comments, preamble and line ends stay as they are.
//
// \input, \include, \subfile, \import and \subimport are followed, outside comments and verbatim
// passages. Names are looked up as LaTeX does: from the folder of the main file (for \import, and
// inside what it or \subfile brings in, first from that folder), with ".tex" added and then as they
// are. A file that is not there leaves its command standing, with a notice.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/readers/tex_files.h"
#include "corpora/readers/tex_scanner.h"

namespace rmt::corpora {

struct TexLimits {
  size_t depth = 64;          ///< files inside files
  size_t includes = 100'000;  ///< in one document: twice in each of 40 nested files would be 10^12
};

/// Memory is bounded by one chunk for each open file. Throws Error(malformed), with file and line, on
/// a cycle, beyond a limit, and on a name outside the root; what Utf8Text throws, for each file.
class TexTree final : public TextSource {
 public:
  /// `main` is a path within `files`. Throws Error(not_found).
  TexTree(std::unique_ptr<const TexFiles> files, std::string main, ReadOptions options, TexLimits limits = {});
  bool next(std::string& chunk) override;

 private:
  struct OpenFile {
    std::string path;
    std::string directory;  // names inside are first looked up from here
    std::unique_ptr<TextSource> text;
    TexScanner scanner;
    std::string pending;  // read but not yet handed out, from `from` on
    size_t from = 0;
    bool at_end = false;
    int64_t line = 1;
  };

  struct Candidate {
    std::string path;
    std::string directory;  // for the names inside it
  };

  void refill(OpenFile& file);
  void take(OpenFile& file, size_t length, std::string& chunk);
  bool enter(const TexInclude& include);
  std::vector<Candidate> look_up(const TexInclude& include) const;
  bool enter_if_there(const Candidate& candidate, const std::string& what);
  void push(std::string path, std::string directory, std::unique_ptr<ByteSource> bytes);
  std::string place(const OpenFile& file) const;

  std::unique_ptr<const TexFiles> files_;
  std::string base_;  // the main file's folder
  ReadOptions options_;
  TexLimits limits_;
  std::deque<OpenFile> stack_;
  size_t includes_ = 0;
};

}  // namespace rmt::corpora
