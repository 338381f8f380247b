// The cross-entropy of many rows together with its gradient, chunk by chunk: a chunk's logits become their
// own gradient and are gone before the next, so that no [N, V] is ever kept for a backward pass.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/linear.h"

namespace rmt::lm {

struct TokenLoss {
  at::Tensor sum;       ///< [] fp64 beside hidden: nats over the rows with a target
  at::Tensor gradient;  ///< of scale * sum with respect to hidden, [N, D] fp32; 0 in rows without a target
};

/// hidden [N, D] fp32, its graph is not looked at; targets [N] int64, negative: no target. Logits are computed in
/// `dtype`, those of rows without a target not at all. The gradient of a head whose weight requires one is added to
/// that weight's .grad.
TokenLoss token_loss(const model::ops::Linear& head, const at::Tensor& hidden, const at::Tensor& targets, double scale,
                     at::ScalarType dtype);

/// The same with every row worked through: what is done does not depend on the targets, which must be below the
/// vocabulary's size, and nothing waits for the device. scale [1] fp32 beside hidden.
TokenLoss token_loss_of_all(const model::ops::Linear& head, const at::Tensor& hidden, const at::Tensor& targets,
                            const at::Tensor& scale, at::ScalarType dtype);

}  // namespace rmt::lm
