#include "prover/source/lean_commands.h"

#include <algorithm>
#include <array>

#include "prover/source/brackets.h"

namespace rmt::prover {
namespace {

template <size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

constexpr auto kDeclarations = std::to_array<std::string_view>(
    {"theorem", "lemma", "example", "def", "abbrev", "instance", "opaque", "axiom", "irreducible_def"});

/// Reserved in every Lean: a command begins even in the middle of a line.
constexpr auto kAnywhere = std::to_array<std::string_view>({"theorem", "example", "def", "abbrev", "axiom"});

/// A command begins where these are first on a line, however far in.
constexpr auto kFirstOnLine =
    std::to_array<std::string_view>({"lemma",     "instance",    "opaque",        "inductive",
                                     "structure", "class",       "namespace",     "section",
                                     "end",       "universe",    "variable",      "mutual",
                                     "macro",     "macro_rules", "syntax",        "notation",
                                     "infix",     "infixl",      "infixr",        "prefix",
                                     "postfix",   "elab",        "elab_rules",    "declare_syntax_cat",
                                     "export",    "import",      "initialize",    "irreducible_def",
                                     "private",   "protected",   "noncomputable", "public",
                                     "scoped",    "local"});

/// The same, unless they are indented deeper than the command at hand: then they are terms or tactics.
constexpr auto kFirstInColumn = std::to_array<std::string_view>({"open", "set_option", "attribute", "omit", "include",
                                                                 "unsafe", "partial", "nonrec", "meta", "deriving",
                                                                 "alias", "simproc", "run_cmd", "builtin_initialize"});

constexpr auto kModifiers = std::to_array<std::string_view>(
    {"private", "protected", "noncomputable", "unsafe", "partial", "nonrec", "public", "meta", "local", "scoped"});

/// What may stand before a declaration with `in` between.
constexpr auto kWithIn =
    std::to_array<std::string_view>({"open", "set_option", "omit", "include", "variable", "universe", "attribute"});

/// They end with their line, and hold nothing that has a doc comment or attributes.
constexpr auto kLines =
    std::to_array<std::string_view>({"namespace", "section", "end", "open", "variable", "universe", "import", "module",
                                     "prelude", "set_option", "export", "attribute", "include", "omit"});

/// Their fields and constructors have doc comments and modifiers of their own.
constexpr auto kWithFields = std::to_array<std::string_view>({"structure", "class", "inductive"});

/// Clauses of the declaration at hand, in whatever column they stand.
constexpr auto kClauses = std::to_array<std::string_view>({"termination_by", "decreasing_by", "where", "then", "else"});

/// What follows these cannot begin a command: they want something, as every symbol does that closes no bracket.
constexpr auto kUnfinished =
    std::to_array<std::string_view>({"by", "do", "then", "else", "from", "where", "at", "with", "in", "fun"});

constexpr auto kWithoutHoles = std::to_array<std::string_view>(
    {"macro", "macro_rules", "syntax", "notation", "infix", "infixl", "infixr", "prefix", "postfix", "elab",
     "elab_rules", "declare_syntax_cat", "simproc", "attribute", "open", "import", "run_cmd"});

}  // namespace

bool CommandReader::word_begins_another(const LeanCommand& command, std::string_view word) const {
  const LeanToken& first = command.tokens.front();
  const bool in_column = pending_->column <= first.column;
  if (holds(kAnywhere, word)) return depth_ <= 0 || (pending_->first_on_line && in_column);
  if (!pending_->first_on_line || (depth_ > 0 && !in_column)) return false;
  const bool has_fields =
      command.keyword != LeanCommand::kNone && holds(kWithFields, text(command.tokens[command.keyword]));
  if (holds(kFirstOnLine, word)) return in_column || !has_fields;
  if (holds(kFirstInColumn, word) || word.starts_with('#')) return in_column;
  // A word of a library's own, or a tactic of somebody who does not indent.
  if (holds(kClauses, word)) return false;
  const LeanToken& last = command.tokens.back();
  const bool unfinished =
      last.kind == TokenKind::symbol ? bracket_change(text(last)) >= 0 : holds(kUnfinished, text(last));
  return pending_->column == 0 && first.column == 0 && !uses_first_column_ && !unfinished;
}

bool CommandReader::begins_another(const LeanCommand& command) const {
  if (ended_) return true;
  if (before_keyword_) return false;
  if (text(command.tokens[command.keyword]) == "mutual") return false;
  const std::string_view word = text(*pending_);
  if (pending_->kind == TokenKind::word) return word_begins_another(command, word);
  if (pending_->kind != TokenKind::doc_comment && word != "@[") return false;
  // Further in, they belong to a field, a constructor, or a local definition behind `where`.
  const bool is_line = holds(kLines, text(command.tokens[command.keyword]));
  return pending_->first_on_line && (is_line || pending_->column <= command.tokens.front().column);
}

void CommandReader::take(LeanCommand& command) {
  const std::string_view word = text(*pending_);
  const bool opens_attribute = before_keyword_ && word == "@[";
  depth_ = std::max(0, depth_ + bracket_change(word));
  const bool is_prefix = in_attribute_ || opens_attribute || pending_->kind == TokenKind::doc_comment ||
                         (pending_->kind == TokenKind::word && holds(kModifiers, word));
  if (before_keyword_ && !is_prefix) {
    before_keyword_ = false;
    command.keyword = command.tokens.size();
  } else if (!before_keyword_) {
    const std::string_view keyword = text(command.tokens[command.keyword]);
    if (pending_->first_on_line && pending_->column == 0 && pending_->kind == TokenKind::word)
      uses_first_column_ = true;
    if (word == "in" && depth_ == 0 && holds(kWithIn, keyword)) before_keyword_ = true;
    if (word == "end" && keyword == "mutual" && pending_->first_on_line) ended_ = true;
  }
  if (opens_attribute) in_attribute_ = true;
  if (in_attribute_ && depth_ == 0) in_attribute_ = false;
  command.tokens.push_back(*pending_);
}

bool CommandReader::next(LeanCommand& command) {
  command.tokens.clear();
  command.keyword = LeanCommand::kNone;
  depth_ = 0;
  before_keyword_ = true;
  in_attribute_ = ended_ = uses_first_column_ = false;
  if (!pending_) return false;
  do {
    take(command);
    pending_ = lexer_.next();
  } while (pending_ && !begins_another(command));
  return true;
}

std::string_view declared_name(std::string_view source, const LeanCommand& command, size_t before) {
  const auto text = [&](size_t i) {
    return source.substr(command.tokens[i].begin, command.tokens[i].end - command.tokens[i].begin);
  };
  for (size_t i = std::min(before, command.tokens.size()); i-- > 0;) {
    if (!holds(kDeclarations, text(i)) || i + 1 >= before) continue;
    const bool is_named = command.tokens[i + 1].kind == TokenKind::word && text(i) != "example";
    return is_named ? text(i + 1) : std::string_view("example");
  }
  return "example";
}

bool may_have_holes(std::string_view source, const LeanCommand& command) {
  if (command.keyword == LeanCommand::kNone) return false;
  const LeanToken& token = command.tokens[command.keyword];
  const std::string_view keyword = source.substr(token.begin, token.end - token.begin);
  return !holds(kWithoutHoles, keyword) && !keyword.starts_with('#');
}

}  // namespace rmt::prover
