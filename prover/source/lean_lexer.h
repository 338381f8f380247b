// A Lean 4 text as tokens, without a Lean: as much of its lexical grammar as it takes to tell code from comments,
// strings and quoted names, in any version and whatever notations a library adds.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rmt::prover {

enum class TokenKind {
  word,         ///< an identifier, dotted and quoted parts included, or a keyword, or "#check"
  number,       ///< 12, 1.5, 0xff
  text,         ///< a string, plain or raw
  character,    ///< 'x', '\n'
  name,         ///< `quoted and ``resolved names
  doc_comment,  ///< /-- … -/, which belongs to what follows
  symbol        ///< := => <;> <| |> @[ #[, or else one code point
};

struct LeanToken {
  TokenKind kind = TokenKind::symbol;
  bool first_on_line = false;
  bool closed = true;         ///< false for a text or doc comment that the end of the file cut off
  int line = 1;               ///< from 1
  int column = 0;             ///< in code points, from 0
  size_t begin = 0, end = 0;  ///< in bytes
};

class LeanLexer {
 public:
  /// UTF-8; bytes that are none become symbols. The text must outlive the lexer.
  explicit LeanLexer(std::string_view source) : source_(source) {}

  /// Nothing at the end of the text.
  std::optional<LeanToken> next();

  /// Whether a comment /- … is still open at the end; known once next() has given nothing.
  bool ends_in_comment() const { return ends_in_comment_; }

 private:
  char at(size_t place) const { return place < source_.size() ? source_[place] : '\0'; }
  bool starts(std::string_view text) const { return source_.substr(here_).starts_with(text); }
  void skip_blanks();
  bool skip_comment();
  void advance_to(size_t place);
  LeanToken token(TokenKind kind, size_t end, bool closed = true);
  std::optional<LeanToken> raw_text();
  size_t character_end() const;
  size_t word_end(size_t from) const;
  size_t number_end() const;
  size_t symbol_end() const;

  std::string_view source_;
  size_t here_ = 0;
  int line_ = 1, column_ = 0;
  bool line_is_blank_ = true;  // so far
  bool ends_in_comment_ = false;
};

}  // namespace rmt::prover
