// The recurrent decoder: [memory ; tokens ; memory] through an unchanged backbone, segment by segment
// (Bulatov et al. 2023, section 3; the layout of a segment follows the authors' decoder code).
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "model/backbone.h"
#include "model/rmt/memory_state.h"
#include "model/rmt/rmt_config.h"
#include "model/rmt/segment_batch.h"

namespace rmt::model {

enum class Wanted {
  memory,  ///< read only: the hidden states of the text are not finished
  last,    ///< the hidden state of each row's last token too, which predicts the token after it
  hidden   ///< the hidden states of all tokens, for scoring
};

struct SegmentOutput {
  at::Tensor hidden;  ///< [B, T, D] after the final norm, or [B, 1, D] of the last tokens; rows past a length are
                      ///< unspecified. Undefined if only the memory was wanted.
  MemoryState state;
};

class RmtDecoder {
 public:
  /// `initial_memory` [M, D] fp32; see make_initial_memory. Throws Error(mismatch) when shapes do not
  /// fit, Error(unsupported) when a segment has more rows than the backbone has positions.
  RmtDecoder(std::shared_ptr<const Backbone> backbone, const RmtConfig& config, at::Tensor initial_memory);

  const Backbone& backbone() const { return *backbone_; }
  const RmtConfig& config() const { return config_; }
  const at::Tensor& initial_memory() const { return initial_memory_; }

  MemoryState start(int64_t batch) const { return start_state(initial_memory_, batch); }

  /// Reads one segment. The memory handed on is the output of the last M rows after the final norm.
  /// An observer sees rows [read ; text ; write ; padding].
  SegmentOutput step(const SegmentBatch& segment, const MemoryState& state, Wanted wanted,
                     const AttentionObserver* observer = nullptr) const;

 private:
  SegmentOutput step_batched(const SegmentBatch& segment, const MemoryState& state, Wanted wanted,
                             const AttentionObserver* observer) const;
  SegmentOutput step_each_row(const SegmentBatch& segment, const MemoryState& state, Wanted wanted,
                              const AttentionObserver* observer) const;
  at::Tensor row_positions(const SegmentBatch& segment) const;

  std::shared_ptr<const Backbone> backbone_;
  RmtConfig config_;
  at::Tensor initial_memory_;  // [M, D]
};

}  // namespace rmt::model
