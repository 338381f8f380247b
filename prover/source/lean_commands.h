// A Lean file as commands: where each declaration begins, attributes, modifiers and `open … in` included, and ends.
#pragma once

#include <string_view>
#include <vector>

#include "prover/source/lean_lexer.h"

namespace rmt::prover {

/// Its tokens say where it begins and ends; blanks and comments around it belong to nobody.
struct LeanCommand {
  static constexpr size_t kNone = static_cast<size_t>(-1);

  std::vector<LeanToken> tokens;
  size_t keyword = kNone;  ///< the token that says what it is: `theorem`, `open`, `mutual`

  size_t begin() const { return tokens.front().begin; }
  size_t end() const { return tokens.back().end; }
};

/// Commands one by one, so that a file of any size takes the memory of its longest. Lean finds borders by its grammar,
/// which libraries extend; this one goes by keywords and columns, which is how people write.
class CommandReader {
 public:
  explicit CommandReader(std::string_view source) : source_(source), lexer_(source), pending_(lexer_.next()) {}

  /// False at the end of the file; reuses the command's memory.
  bool next(LeanCommand& command);

 private:
  std::string_view text(const LeanToken& token) const { return source_.substr(token.begin, token.end - token.begin); }
  void take(LeanCommand& command);
  bool begins_another(const LeanCommand& command) const;
  bool word_begins_another(const LeanCommand& command, std::string_view word) const;

  std::string_view source_;
  LeanLexer lexer_;
  std::optional<LeanToken> pending_;

  // Of the command being read.
  int depth_ = 0;               // of brackets
  bool before_keyword_ = true;  // only doc comments, attributes, modifiers and `… in` so far
  bool in_attribute_ = false;
  bool ended_ = false;              // a mutual block's `end` was read
  bool uses_first_column_ = false;  // someone writes tactics there
};

/// The declaration's name as it is written: of the last `theorem`, `def`, … before token `before`; "example" where it
/// has none.
std::string_view declared_name(std::string_view source, const LeanCommand& command, size_t before);

/// Whether what a `sorry` of this command stands for may be found by tactics: not in macros, syntax and the like.
bool may_have_holes(std::string_view source, const LeanCommand& command);

}  // namespace rmt::prover
