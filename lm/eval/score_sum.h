// What the rows of one document, or of all, add up to. Rows go in by number, so that a resumed run adds
// the same doubles in the same order as an unbroken one.
#pragma once

#include <cstdint>
#include <optional>

#include "lm/eval/metrics.h"
#include "lm/store/store.h"

namespace rmt::lm {

struct ScoreSum {
  int64_t rows = 0;  ///< segments or windows
  Units scored;
  CompensatedSum nll, nll_reset;  ///< nll_reset only means something when has_reset
  bool has_reset = false;
  CompensatedSum nll_head, nll_head_reset;  ///< of the first kHeadTokens scored after each border
  int64_t head_tokens = 0;
  CompensatedSum recipe_nll;  ///< row means weighted as the protocol's own recipe weights them
  int64_t recipe_tokens = 0;

  /// Adds a row's NLLs, tokens and bytes. Its characters and words, which a row does not have, are
  /// added by the caller to `scored`.
  void add(const store::SegmentRow& row, int64_t recipe_count);
  void add(const ScoreSum& other);

  /// NLL(memory reset) - NLL(memory carried) per token, in nats: positive when the memory helps.
  std::optional<double> memory_gain() const;
};

}  // namespace rmt::lm
