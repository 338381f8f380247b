#include "lm/eval/score_sum.h"

namespace rmt::lm {

void ScoreSum::add(const store::SegmentRow& row, int64_t recipe_count) {
  has_reset = row.nll_reset && (rows == 0 || has_reset);
  rows += 1;
  scored.tokens += row.scored_tokens;
  scored.bytes += row.scored_bytes;
  nll.add(row.nll);
  nll_reset.add(row.nll_reset.value_or(0));
  nll_head.add(row.nll_head);
  nll_head_reset.add(row.nll_head_reset.value_or(0));
  head_tokens += row.scored_head;
  if (row.scored_tokens > 0)
    recipe_nll.add(row.nll * (static_cast<double>(recipe_count) / static_cast<double>(row.scored_tokens)));
  recipe_tokens += recipe_count;
}

void ScoreSum::add(const ScoreSum& other) {
  if (other.rows > 0) has_reset = other.has_reset && (rows == 0 || has_reset);
  rows += other.rows;
  scored += other.scored;
  nll.add(other.nll);
  nll_reset.add(other.nll_reset);
  nll_head.add(other.nll_head);
  nll_head_reset.add(other.nll_head_reset);
  head_tokens += other.head_tokens;
  recipe_nll.add(other.recipe_nll);
  recipe_tokens += other.recipe_tokens;
}

std::optional<double> ScoreSum::memory_gain() const {
  if (!has_reset || scored.tokens == 0) return std::nullopt;
  return (nll_reset.value() - nll.value()) / static_cast<double>(scored.tokens);
}

}  // namespace rmt::lm
