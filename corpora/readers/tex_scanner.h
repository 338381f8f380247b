// Finds the few commands of a TeX source that matter to a reader of its text, and nothing inside a
// comment or a verbatim passage. Works on any beginning of the text, so that a file can be streamed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rmt::corpora {

/// The argument of \input, \include, \subfile, \import and their like.
struct TexInclude {
  std::string command;    ///< without the backslash
  std::string directory;  ///< of \import{directory}{file}; else empty
  std::string file;       ///< empty when it is computed (`\input{\name}`, `\input{#1}`)
};

/// What stands at the front of a text.
struct TexPiece {
  enum class Kind {
    more,            ///< cannot be told without more text
    text,            ///< nothing of interest
    include,         ///< `include` says which file
    document_class,  ///< \documentclass or \documentstyle; `name` is the class
    begin_document,  ///< \begin{document}
  };
  Kind kind = Kind::more;
  size_t length = 0;  ///< bytes it stands for
  TexInclude include;
  std::string name;
};

/// Must see the pieces in order: it remembers whether it is inside a comment or verbatim passage.
class TexScanner {
 public:
  /// `text` begins where the last piece ended. Never `more` when `at_end`, unless `text` is empty; a
  /// command is decided within kMaxCommandBytes.
  TexPiece next(std::string_view text, bool at_end);

  static constexpr size_t kMaxCommandBytes = 4096;

 private:
  size_t skip_verbatim(std::string_view text, bool at_end);

  bool in_comment_ = false;
  std::string verbatim_;  // the \end{…} that is waited for; empty outside
};

}  // namespace rmt::corpora
