#include "prover/source/lean_file.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "prover/source/brackets.h"
#include "prover/source/lean_commands.h"
#include "prover/source/lean_text.h"
#include "prover/source/tactic_position.h"

namespace rmt::prover {
namespace {

bool is_hole(std::string_view source, const LeanToken& token) {
  return token.kind == TokenKind::word && source.substr(token.begin, token.end - token.begin) == "sorry";
}

/// Calls `visit(command, token index)` for each hole until it answers false.
template <typename Visit>
void visit_holes(std::string_view source, Visit visit) {
  CommandReader reader(source);
  LeanCommand command;
  while (reader.next(command)) {
    if (!may_have_holes(source, command)) continue;
    for (size_t i = 0; i < command.tokens.size(); ++i)
      if (is_hole(source, command.tokens[i]) && !visit(command, i)) return;
  }
}

Hole hole_of(std::string_view source, const LeanCommand& command, size_t token) {
  return {command.tokens[token].line, command.tokens[token].column + 1,
          std::string(declared_name(source, command, token))};
}

std::string spaces(int count) {
  return std::string(static_cast<size_t>(std::max(count, 0)), ' ');
}

/// Makes the theorem of a hole: the text before it, the text behind it, and the column its tactics will stand in.
class HoleOpener {
 public:
  HoleOpener(std::string_view source, const LeanCommand& command, size_t hole)
      : source_(source),
        command_(command),
        hole_(hole),
        positions_(source, command.tokens),
        token_(command.tokens[hole]) {
    theorem_.name = declared_name(source, command, hole);
    theorem_.before = source.substr(0, command.begin());
    theorem_.head = source.substr(command.begin(), token_.begin - command.begin());
    theorem_.tail = source.substr(token_.end, command.end() - token_.end);
    theorem_.indent = token_.column;
  }

  Theorem open() && {
    if (positions_.is_tactic(hole_)) {
      open_tactic();
    } else {
      open_term();
    }
    return std::move(theorem_);
  }

 private:
  std::string_view before() const { return hole_ > 0 ? positions_.text(hole_ - 1) : std::string_view(); }
  bool is_last_on_line() const {
    const std::string_view behind = source_.substr(token_.end);
    const std::string_view line = behind.substr(0, behind.find('\n'));
    const size_t word = line.find_first_not_of(" \t");
    return word == std::string_view::npos || line.substr(word).starts_with("--");
  }
  bool combined_behind() const { return hole_ + 1 < command_.tokens.size() && positions_.text(hole_ + 1) == "<;>"; }

  /// Whether the hole is behind the declaration's own `:=`, with or without `by`: not in a field, nor in a proof.
  bool is_whole_body() const {
    const size_t assignment = hole_ - (before() == "by" ? 2 : 1);
    int depth = 0;
    for (size_t i = command_.keyword; i < hole_; ++i) {
      depth += bracket_change(positions_.text(i));
      if (depth == 0 && positions_.text(i) == "where") return false;
      if (depth == 0 && positions_.text(i) == ":=") return i == assignment;
    }
    return false;
  }

  /// Two columns right of what the hole belongs to: the declaration, or the line that it is on.
  void on_new_line(bool of_declaration) {
    const size_t owner = of_declaration ? 0 : positions_.line_start(hole_);
    theorem_.indent = command_.tokens[owner].column + 2;
    theorem_.head += "\n" + spaces(theorem_.indent);
  }

  /// Cuts the head behind its last token; false where a comment stands there.
  bool cut_blanks() {
    const size_t end = hole_ > 0 ? command_.tokens[hole_ - 1].end - command_.begin() : theorem_.head.size();
    if (theorem_.head.find_first_not_of(" \n", end) != std::string::npos) return false;
    theorem_.head.resize(end);
    return true;
  }

  void open_tactic() {
    constexpr auto kBlocks = std::to_array<std::string_view>({"by", "=>", "(", "·", ".", ";", "then", "else"});
    const bool begins_block = token_.first_on_line || std::ranges::find(kBlocks, before()) != kBlocks.end();
    if (!begins_block || combined_behind()) return in_parentheses();
    if (before() != "by" || token_.first_on_line || !is_last_on_line()) return;
    cut_blanks();
    on_new_line(is_whole_body());
  }

  void in_parentheses() {
    theorem_.head += "(";
    ++theorem_.indent;
    theorem_.tail.insert(0, ")");
  }

  void open_term() {
    constexpr auto kBeforeBy = std::to_array<std::string_view>(
        {":=", "=>", "from", "<|", "↦", "then", "else", "exact", "refine", "show", "return", "←", "$"});
    const bool plain = is_last_on_line() && std::ranges::find(kBeforeBy, before()) != kBeforeBy.end();
    if (plain && is_whole_body() && cut_blanks()) {
      theorem_.head += " by";
      return on_new_line(true);
    }
    theorem_.head += plain ? "by" : "(by";
    if (!plain) theorem_.tail.insert(0, ")");
    on_new_line(false);
  }

  std::string_view source_;
  const LeanCommand& command_;
  size_t hole_;
  TacticPositions positions_;
  const LeanToken& token_;
  Theorem theorem_;
};

[[noreturn]] void no_hole(std::string_view source, const std::vector<Hole>& all, std::optional<int> line) {
  if (all.empty())
    throw SourceError("there is no `sorry` in the file: put one where the proof is missing", line.value_or(0), 0);
  const auto lines = static_cast<int>(std::ranges::count(source, '\n')) + 1;
  const auto nearest = std::ranges::min_element(all, {}, [&](const Hole& hole) { return std::abs(hole.line - *line); });
  const std::string where =
      "the nearest is in line " + std::to_string(nearest->line) + " (" + nearest->declaration + ")";
  if (*line > lines || *line < 1)
    throw SourceError("there is no line " + std::to_string(*line) + ": the file has " + std::to_string(lines) +
                          ", and of its `sorry`s " + where,
                      *line, 0);
  throw SourceError("there is no `sorry` in line " + std::to_string(*line) + "; " + where, *line, 0);
}

}  // namespace

std::vector<Hole> holes(std::string_view file) {
  const std::string source = lean_text(file);
  std::vector<Hole> found;
  visit_holes(source, [&](const LeanCommand& command, size_t token) {
    found.push_back(hole_of(source, command, token));
    return true;
  });
  return found;
}

OpenedHole open_hole(std::string_view file, std::optional<int> line) {
  const std::string source = lean_text(file);
  std::vector<Hole> seen;
  std::optional<OpenedHole> opened;
  visit_holes(source, [&](const LeanCommand& command, size_t token) {
    seen.push_back(hole_of(source, command, token));
    if (line && seen.back().line != *line) return true;
    opened = {HoleOpener(source, command, token).open(), seen.back(), source.substr(command.end())};
    return false;
  });
  if (!opened) no_hole(source, seen, line);
  return *std::move(opened);
}

}  // namespace rmt::prover
