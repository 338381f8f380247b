#include "prover/source/cursor.h"

#include <algorithm>
#include <string>
#include <vector>

#include "prover/source/lean_commands.h"
#include "prover/source/lean_file.h"
#include "prover/source/lean_text.h"
#include "prover/source/tactic_position.h"

namespace rmt::prover {
namespace {

std::string new_line(int indent) {
  return "\n" + std::string(static_cast<size_t>(std::max(indent, 0)), ' ');
}

/// The last command that begins at or before the line; one without tokens where there is none.
LeanCommand command_at(std::string_view source, int line) {
  CommandReader reader(source);
  LeanCommand command, found;
  while (reader.next(command) && command.tokens.front().line <= line) std::swap(command, found);
  return found;
}

/// Cuts a declaration behind its first `kept` tokens.
class ProofCut {
 public:
  ProofCut(std::string_view source, const LeanCommand& command, size_t kept)
      : source_(source), tokens_(command.tokens), positions_(source, tokens_), kept_(kept) {}

  /// The column in which the next tactic would stand, and the token from which its block is found. False where there
  /// is no block.
  bool find_block();
  /// Out of blocks that stand further right than this.
  void leave_blocks_right_of(int column);

  int indent() const { return indent_; }
  std::string tail() const;

 private:
  /// A block of tactics around the hole, or alternatives of which the hole is in one.
  struct Level {
    int column = 0;
    bool is_alternatives = false;
  };

  bool opens_block(size_t token) const;
  std::optional<size_t> inline_block(size_t line) const;
  std::optional<size_t> arrow_of(size_t bar) const;
  std::vector<Level> levels() const;
  void add_blocks_of_line(size_t first, size_t last, int bound, std::vector<Level>& levels) const;
  std::string alternatives_left(int column) const;

  std::string_view source_;
  const std::vector<LeanToken>& tokens_;
  TacticPositions positions_;
  size_t kept_;
  size_t anchor_ = 0;
  int indent_ = 0;
};

bool ProofCut::opens_block(size_t token) const {
  const std::string_view word = positions_.text(token);
  if (word == "by" || positions_.is_bullet(token)) return true;
  return (word == "=>" || word == "then" || word == "else") && positions_.is_tactic(token + 1);
}

std::optional<size_t> ProofCut::arrow_of(size_t bar) const {
  for (size_t i = bar; i < tokens_.size() && (i == bar || positions_.text(i) != "|"); ++i)
    if (positions_.text(i) == "=>") return i;
  return std::nullopt;
}

/// The first tactic that stands in the middle of a line, behind `by` or an arrow.
std::optional<size_t> ProofCut::inline_block(size_t line) const {
  for (size_t i = line + 1; i < kept_ && !tokens_[i].first_on_line; ++i)
    if (opens_block(i - 1)) return i;
  return std::nullopt;
}

bool ProofCut::find_block() {
  const size_t last = kept_ - 1;
  anchor_ = positions_.line_start(last);
  if (opens_block(last)) {
    const int outer = tokens_[anchor_].column;
    const bool goes_on = kept_ < tokens_.size() && tokens_[kept_].first_on_line && tokens_[kept_].column > outer;
    indent_ = goes_on ? tokens_[kept_].column : outer + 2;
    anchor_ = last;
    return true;
  }
  for (;;) {
    const bool is_tactic = positions_.text(anchor_) != "|" && positions_.is_tactic(anchor_);
    const auto inner = is_tactic ? std::nullopt : inline_block(anchor_);
    if (inner) anchor_ = *inner;
    indent_ = tokens_[anchor_].column;
    if (is_tactic || inner) return true;
    while (anchor_ > 0 && (!tokens_[anchor_].first_on_line || tokens_[anchor_].column >= indent_)) --anchor_;
    if (tokens_[anchor_].column >= indent_) return false;
    anchor_ = std::max(anchor_, positions_.line_start(anchor_));
  }
}

void ProofCut::leave_blocks_right_of(int column) {
  for (const Level& level : levels())
    if (indent_ > column && !level.is_alternatives) indent_ = level.column;
}

/// The blocks that begin on the line: what a bullet is in, and what it holds.
void ProofCut::add_blocks_of_line(size_t first, size_t last, int bound, std::vector<Level>& levels) const {
  for (size_t i = last + 1; i-- > first;) {
    const bool begins_item = i == first || positions_.is_bullet(i - 1);
    if (begins_item && tokens_[i].column < bound && positions_.is_tactic(i))
      levels.push_back({tokens_[i].column, false});
  }
}

/// Around the block found, from the inside out.
std::vector<ProofCut::Level> ProofCut::levels() const {
  std::vector<Level> levels;
  int bound = indent_;  // what is further in is over, or beside the hole
  for (size_t at = anchor_ + 1; at-- > 0;) {
    const size_t last = at;
    while (at > 0 && !tokens_[at].first_on_line) --at;
    if (tokens_[at].column >= bound) continue;
    if (positions_.text(at) != "|") {
      add_blocks_of_line(at, last, bound, levels);
      bound = tokens_[at].column;
      continue;
    }
    const bool seen = !levels.empty() && levels.back().is_alternatives && levels.back().column == tokens_[at].column;
    const auto arrow = arrow_of(at);
    if (seen || !arrow || !positions_.is_tactic(*arrow + 1)) continue;
    levels.push_back({tokens_[at].column, true});
    bound = tokens_[at].column + 1;
  }
  return levels;
}

/// The headers of the alternatives behind the cut whose bars stand in this column, each with a `sorry`.
std::string ProofCut::alternatives_left(int column) const {
  std::string text;
  for (size_t i = kept_; i < tokens_.size(); ++i) {
    if (!tokens_[i].first_on_line || tokens_[i].column > column) continue;
    if (tokens_[i].column < column || positions_.text(i) != "|") break;
    const auto arrow = arrow_of(i);
    if (!arrow) break;
    text += new_line(column) + std::string(source_.substr(tokens_[i].begin, tokens_[*arrow].end - tokens_[i].begin));
    text += " sorry";
  }
  return text;
}

std::string ProofCut::tail() const {
  std::string tail;
  for (const Level& level : levels())
    if (level.is_alternatives) {
      tail += alternatives_left(level.column);
    } else if (level.column < indent_) {
      tail += new_line(level.column) + "all_goals sorry";
    }
  return tail;
}

[[noreturn]] void no_tactics(int line) {
  throw SourceError("no tactics stand before line " + std::to_string(line) + ": the cursor is not in a `by` block",
                    line, 0);
}

}  // namespace

Theorem theorem_at_cursor(std::string_view file, int line, std::optional<int> column) {
  const std::string source = lean_text(file);
  const auto lines = static_cast<int>(std::ranges::count(source, '\n')) + 1;
  if (line < 1 || line > lines)
    throw SourceError("there is no line " + std::to_string(line) + ": the file has " + std::to_string(lines), line, 0);
  const LeanCommand command = command_at(source, line);
  const auto first_there = std::ranges::find(command.tokens, line, &LeanToken::line);
  const bool line_is_empty = first_there == command.tokens.end();
  const bool before_line = !line_is_empty && column && *column <= first_there->column + 1;
  const auto cut = std::ranges::find_if(
      command.tokens, [&](const LeanToken& token) { return token.line > line || (before_line && token.line == line); });
  const auto kept = static_cast<size_t>(cut - command.tokens.begin());
  if (kept == 0) no_tactics(line);

  ProofCut proof(source, command, kept);
  if (!proof.find_block()) no_tactics(line);
  if (column && (line_is_empty || before_line)) proof.leave_blocks_right_of(*column - 1);
  Theorem theorem;
  theorem.name = declared_name(source, command, kept);
  theorem.before = source.substr(0, command.begin());
  theorem.indent = proof.indent();
  theorem.head =
      source.substr(command.begin(), command.tokens[kept - 1].end - command.begin()) + new_line(theorem.indent);
  theorem.tail = proof.tail();
  return theorem;
}

}  // namespace rmt::prover
