// The cross-entropy of many rows together with its gradient, chunk by chunk: a chunk's logits become their
// own gradient and are gone before the next, so that no [N, V] is ever kept for a backward pass.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/linear.h"

namespace rmt::lm {

struct TokenLoss {
  double sum = 0;       ///< nats over the rows with a target
  at::Tensor gradient;  ///< of scale * sum with respect to hidden, [N, D] fp32; 0 in rows without a target
};

/// hidden [N, D] fp32, its graph is not looked at; targets [N] int64, negative: no target. Logits are computed in
/// `dtype`. The gradient of a head whose weight requires one is added to that weight's .grad.
TokenLoss token_loss(const model::ops::Linear& head, const at::Tensor& hidden, const at::Tensor& targets, double scale,
                     at::ScalarType dtype);

}  // namespace rmt::lm
