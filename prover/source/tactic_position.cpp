#include "prover/source/tactic_position.h"

#include <algorithm>
#include <array>

#include "prover/source/brackets.h"

namespace rmt::prover {
namespace {

template <size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// What follows these is a tactic.
constexpr auto kWantTactic = std::to_array<std::string_view>(
    {"by", "<;>", "<|>", "try", "repeat", "repeat'", "all_goals", "any_goals", "focus", "first"});

/// An arrow behind these is followed by tactics.
constexpr auto kTacticArrows = std::to_array<std::string_view>(
    {"case", "case'", "next", "on_goal", "conv", "enter", "induction", "cases", "fun_induction", "fun_cases"});

constexpr auto kWithTactics =
    std::to_array<std::string_view>({"induction", "cases", "fun_induction", "fun_cases", "induction'", "cases'"});

/// A line may go on with a block behind these.
constexpr auto kBlockOpeners = std::to_array<std::string_view>({"by", "=>", "do", ":=", "then", "else", "from", ";"});

}  // namespace

/// Either what a place is, or the token that stands where the same is wanted.
struct TacticPositions::Step {
  std::optional<bool> tactic;
  size_t same_as = 0;

  static Step known(bool is_tactic) { return {is_tactic, 0}; }
  static Step as(size_t token) { return {std::nullopt, token}; }
};

bool TacticPositions::is_bullet(size_t i) const {
  if (text(i) == "·") return true;
  return text(i) == "." && tokens_[i].first_on_line && i + 1 < tokens_.size() && tokens_[i + 1].begin > tokens_[i].end;
}

/// The token before `i` that is in the same brackets; nothing where a bracket opens right before it.
std::optional<size_t> TacticPositions::back(size_t i) const {
  int depth = 0;
  while (i-- > 0) {
    depth -= bracket_change(text(i));
    if (depth < 0) return std::nullopt;
    if (depth == 0) return i;
  }
  return std::nullopt;
}

size_t TacticPositions::line_start(size_t i) const {
  size_t start = i;
  while (start > 0 && !tokens_[start].first_on_line) --start;
  while (start < i && is_bullet(start)) ++start;
  return start;
}

/// The item before `i` in its block: one in the same column, whose line begins there or opens a block there.
std::optional<size_t> TacticPositions::sibling_before(size_t i) const {
  const int column = tokens_[i].column;
  for (size_t at = i; at-- > 0;) {
    const LeanToken& token = tokens_[at];
    if (token.column == column) {
      const bool begins_item =
          token.first_on_line || (at > 0 && (is_bullet(at - 1) || holds(kBlockOpeners, text(at - 1))));
      if (begins_item) return at;
    }
    if (token.first_on_line && token.column < column) return std::nullopt;
  }
  return std::nullopt;
}

/// The first of what the semicolon's statement is in: the line's first token, or what follows a bracket or opener.
size_t TacticPositions::statement_start(size_t semicolon) const {
  size_t start = semicolon;
  for (auto at = back(semicolon); at; at = back(*at)) {
    if (holds(kBlockOpeners, text(*at)) && text(*at) != ";") return start;
    if (is_bullet(*at)) return start;
    start = *at;
    if (tokens_[*at].first_on_line) return start;
  }
  return start;
}

size_t TacticPositions::first_alternative(size_t bar) const {
  const int column = tokens_[bar].column;
  size_t first = bar;
  for (size_t at = bar; at-- > 0;) {
    if (!tokens_[at].first_on_line || tokens_[at].column > column) continue;
    if (tokens_[at].column < column || text(at) != "|") break;
    first = at;
  }
  return first;
}

TacticPositions::Step TacticPositions::with_owner(size_t with) const {
  for (auto at = back(with); at; at = back(*at)) {
    if (holds(kWithTactics, text(*at))) return Step::known(true);
    if (text(*at) == "match") return Step::as(*at);
  }
  return Step::known(false);
}

TacticPositions::Step TacticPositions::alternative_owner(size_t bar) const {
  const size_t first = tokens_[bar].first_on_line ? first_alternative(bar) : bar;
  for (auto at = back(first); at; at = back(*at)) {
    if (text(*at) == "with") return with_owner(*at);
    if (text(*at) == "fun" || text(*at) == "λ") return Step::known(false);
    if (text(*at) == "first" || text(*at) == "rcases") return Step::known(true);
  }
  return Step::known(false);
}

TacticPositions::Step TacticPositions::arrow_owner(size_t arrow) const {
  for (auto at = back(arrow); at; at = back(*at)) {
    if (text(*at) == "fun" || text(*at) == "λ") return Step::known(false);
    if (holds(kTacticArrows, text(*at))) return Step::known(true);
    if (text(*at) == "|") return alternative_owner(*at);
  }
  return Step::known(false);
}

TacticPositions::Step TacticPositions::step_from(size_t i) const {
  if (i == 0) return Step::known(false);
  const std::string_view before = text(i - 1);
  if (holds(kWantTactic, before) || is_bullet(i - 1)) return Step::known(true);
  if (before == "=>") return arrow_owner(i - 1);
  if (before == "(") return Step::as(i - 1);
  if (before == ";") return Step::as(statement_start(i - 1));
  if (before == "then" || before == "else") {
    for (auto at = back(i - 1); at; at = back(*at))
      if (text(*at) == "if") return Step::as(*at);
    return Step::known(false);
  }
  if (before == "|") {  // `first | rfl | simp`; elsewhere a pattern
    for (auto at = back(i - 1); at; at = back(*at)) {
      if (text(*at) == "first") return Step::known(true);
      if (text(*at) == "with" || text(*at) == "by") break;
    }
    return Step::known(false);
  }
  if (i < tokens_.size() && tokens_[i].first_on_line)
    if (const auto sibling = sibling_before(i)) return Step::as(*sibling);
  return Step::known(false);
}

bool TacticPositions::is_tactic(size_t i) const {
  for (;;) {
    const Step step = step_from(i);
    if (step.tactic) return *step.tactic;
    if (step.same_as >= i) return false;  // cannot be, and must not turn in a circle
    i = step.same_as;
  }
}

}  // namespace rmt::prover
