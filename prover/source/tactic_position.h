// Whether a place in a declaration wants a tactic or a term, told from tokens and columns.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "prover/source/lean_lexer.h"

namespace rmt::prover {

class TacticPositions {
 public:
  /// Both must outlive it.
  TacticPositions(std::string_view source, const std::vector<LeanToken>& tokens) : source_(source), tokens_(tokens) {}

  /// Whether token `i` begins a tactic (or, for i == size, would, standing right behind the last one).
  bool is_tactic(size_t i) const;

  /// The first token of the line that holds token `i`, but for bullets before it.
  size_t line_start(size_t i) const;

  std::string_view text(size_t i) const { return source_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin); }
  /// · or the dot that older files have in its place.
  bool is_bullet(size_t i) const;

 private:
  struct Step;
  Step step_from(size_t i) const;
  Step arrow_owner(size_t arrow) const;
  Step alternative_owner(size_t bar) const;
  Step with_owner(size_t with) const;
  std::optional<size_t> back(size_t i) const;
  std::optional<size_t> sibling_before(size_t i) const;
  size_t statement_start(size_t semicolon) const;
  size_t first_alternative(size_t bar) const;

  std::string_view source_;
  const std::vector<LeanToken>& tokens_;
};

}  // namespace rmt::prover
