// Next-token prediction over N segments: the last token of a segment predicts the first of the next.
#pragma once

#include <vector>

#include "lm/train/objective.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

class DecoderObjective final : public Objective {
 public:
  /// rows [B, N * T + 1] int64: N segments and the token after them; targets [B, N * T]: the token after each, negative
  /// where it is not to be predicted. The loss of a batch is `scale` times the sum over its targets. The decoder must
  /// outlive the objective.
  DecoderObjective(const model::RmtDecoder& decoder, const at::Tensor& rows, const at::Tensor& targets,
                   int64_t segment_length, double scale);
  /// Every token is predicted.
  DecoderObjective(const model::RmtDecoder& decoder, const at::Tensor& rows, int64_t segment_length, double scale)
      : DecoderObjective(decoder, rows, rows.narrow(1, 1, rows.size(1) - 1), segment_length, scale) {}

  int64_t segments() const override { return static_cast<int64_t>(targets_.size()); }
  model::MemoryState start() const override;
  model::MemoryState read(int64_t s, const model::MemoryState& state) const override;
  SegmentStep step(int64_t s, const model::MemoryState& state) const override;

  /// Beside the backbone.
  const model::SegmentBatch& segment(int64_t s) const { return segments_[static_cast<size_t>(s)]; }
  const at::Tensor& targets(int64_t s) const { return targets_[static_cast<size_t>(s)]; }
  double scale() const { return scale_; }

 private:
  const model::RmtDecoder& decoder_;
  std::vector<model::SegmentBatch> segments_;
  std::vector<at::Tensor> targets_;  // [B, T] each
  double scale_;
};

}  // namespace rmt::lm
