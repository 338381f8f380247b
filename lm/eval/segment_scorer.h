// Scores documents segment by segment: every token after a document's first exactly once.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "corpora/segments.h"
#include "lm/eval/segment_nll.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

enum class MemoryPolicy {
  carry,   ///< the state of one segment is handed to the next
  reset,   ///< every segment starts from the initial memory
  shuffle  ///< carried, its M rows permuted at random before each segment (seeded by segment number)
};

/// What one document carries from segment to segment; a value, on the CPU wherever the model is.
struct ScoreState {
  model::MemoryState memory;  ///< batch 1
  at::Tensor last_hidden;     ///< [D]: predicts the first token of the next segment; undefined at the start
};

/// Scores one segment of each of several documents in one step and moves their states on.
class SegmentScorer {
 public:
  /// With `top1` the scores know which tokens were the likeliest, and are the same.
  SegmentScorer(const model::RmtDecoder& decoder, MemoryPolicy policy, uint64_t seed = 0, bool top1 = false);

  ScoreState start() const;
  std::vector<SegmentNll> step(std::span<const corpora::Segment* const> segments,
                               std::span<ScoreState* const> states) const;

 private:
  const model::RmtDecoder& decoder_;
  MemoryPolicy policy_;
  uint64_t seed_;
  bool top1_;
};

/// A state as bytes for the store, and back; `fingerprint` as in model/rmt/memory_state.h.
std::string save_score_state(const ScoreState& state, const std::string& fingerprint);
ScoreState load_score_state(const std::string& bytes, const std::string& fingerprint);

}  // namespace rmt::lm
