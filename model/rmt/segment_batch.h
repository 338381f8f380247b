// One segment of each of several streams, as the recurrent wrappers take it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/backbone.h"
#include "model/rmt/memory_state.h"
#include "model/rmt/rmt_config.h"

namespace rmt::model {

/// Left-aligned. A stream that has ended has length 0; its memory does not move.
struct SegmentBatch {
  at::Tensor ids;                ///< [B, T] int64; ids past a row's length are ignored
  std::vector<int64_t> lengths;  ///< [B], each 0 .. T
  bool together = false;         ///< rows may share their products: faster, but a row's last bits then depend
                                 ///< on its neighbours

  int64_t batch() const { return static_cast<int64_t>(lengths.size()); }
  bool full() const;  ///< no row is shorter than T
};

/// Throws Error(mismatch) when the segment, the state and the wrapper's memory [M, D] do not fit.
void check_segment(const SegmentBatch& segment, const MemoryState& state, const at::Tensor& initial_memory);

/// Row `b` alone, cut to its length.
SegmentBatch row_of(const SegmentBatch& segment, int64_t b);

/// B streams that have read nothing: `initial_memory` [M, D] in every row.
MemoryState start_state(const at::Tensor& initial_memory, int64_t batch);

/// The state after a segment: `memory` [B, M, D] where a row had tokens, what it was elsewhere.
MemoryState advance(const MemoryState& state, const SegmentBatch& segment, const at::Tensor& memory);

/// What goes on of `written` [B, M, D], rows as the backbone's last layer has them, where streams began with `initial`
/// [M, D]. fp32.
at::Tensor handed_on(const at::Tensor& written, const at::Tensor& initial, MemoryScale scale);

/// Whether rows are to be worked through one at a time: on the CPU without gradients they are unless the
/// batch says otherwise, so that a row's result is bit for bit what it is alone. (Elsewhere one batched product is much
/// faster.)
bool row_by_row(const SegmentBatch& segment);

/// `lengths` as a tensor [B] beside `ids`, each plus `extra`.
at::Tensor lengths_tensor(const SegmentBatch& segment, int64_t extra);

/// The official start: N(0, 1) x std(embedding table), one draw a row, from `seed`. [M, D]
at::Tensor make_initial_memory(const Backbone& backbone, int64_t memory_tokens, uint64_t seed);

}  // namespace rmt::model
