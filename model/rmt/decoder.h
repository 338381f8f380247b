// The recurrent decoder: [memory ; tokens ; memory] through an unchanged backbone, segment by segment
// (Bulatov et al. 2023, section 3; the layout of a segment follows the authors' decoder code).
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "model/backbone.h"
#include "model/rmt/memory_state.h"
#include "model/rmt/rmt_config.h"

namespace rmt::model {

/// One segment of each of B streams, left-aligned. A stream that has ended has length 0; its memory
/// does not move.
struct SegmentBatch {
  at::Tensor ids;                ///< [B, T] int64; ids past a row's length are ignored
  std::vector<int64_t> lengths;  ///< [B], each 0 .. T
};

enum class Wanted {
  memory,  ///< read only: the hidden states of the text are not finished
  hidden   ///< the text's hidden states too, for scoring or generation
};

struct SegmentOutput {
  at::Tensor hidden;  ///< [B, T, D] after the final norm; rows past a length are unspecified. Undefined if
                      ///< only the memory was wanted.
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

  /// B streams that have read nothing: the initial memory in every row.
  MemoryState start(int64_t batch) const;

  /// Reads one segment. On the CPU without gradients the rows are worked through one at a time, so
  /// that a row's result is bit for bit what it is alone.
  SegmentOutput step(const SegmentBatch& segment, const MemoryState& state, Wanted wanted) const;

 private:
  SegmentOutput step_fused(const SegmentBatch& segment, const MemoryState& state, Wanted wanted) const;

  std::shared_ptr<const Backbone> backbone_;
  RmtConfig config_;
  at::Tensor initial_memory_;  // [M, D]
};

/// The official start: N(0, 1) x std(embedding table), one draw a row, from `seed`. [M, D]
at::Tensor make_initial_memory(const Backbone& backbone, int64_t memory_tokens, uint64_t seed);

}  // namespace rmt::model
