// Attention with gradients: forwards the kernel of inference, backwards batched products with the probabilities made
// anew, so that nothing but q, k and v is kept.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/attention.h"

namespace rmt::model::ops {

/// As attention(), for tensors that fit the kernels.
at::Tensor differentiable_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    const AttentionMask& mask);

}  // namespace rmt::model::ops
