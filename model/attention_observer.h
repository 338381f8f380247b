// A look at what a backbone attends with, for those who ask; nobody asking costs nothing.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "model/ops/attention.h"

namespace rmt::model {

/// The queries and keys of one layer, after rotation: ops::attention_probabilities makes maps of them.
struct LayerAttention {
  int64_t layer = 0;
  const at::Tensor& q;             ///< [B, R, H, K]; the last layer has only the rows asked for
  const at::Tensor& k;             ///< [B, S, G, K]
  const ops::AttentionMask& mask;  ///< query_from: which row of the segment q begins with
};

/// Called once a layer, in order, before the layer attends; it must not write to the tensors. Where a
/// batch is worked through row by row, it sees all layers of one row (B = 1), then those of the next.
using AttentionObserver = std::function<void(const LayerAttention&)>;

}  // namespace rmt::model
