// Operations whose backward pass is a kernel too: what ops/ runs where gradients are wanted and the tensors fit the
// kernels. Each returns what its plain counterpart returns.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

#include "model/ops/attention.h"
#include "model/ops/linear.h"
#include "model/ops/norm.h"

namespace rmt::model::ops {

/// {x + delta, its norm in `dtype`}: x fp32, delta fp32 or bf16, all contiguous on the CPU.
std::pair<at::Tensor, at::Tensor> differentiable_add_normalize(const at::Tensor& x, const at::Tensor& delta,
                                                               const Norm& norm, at::ScalarType dtype);
at::Tensor differentiable_normalize(const at::Tensor& x, const Norm& norm, at::ScalarType dtype);

at::Tensor differentiable_swiglu(const at::Tensor& gate_up);

/// x [B, S, H', K] -> the same with its first `heads` heads rotated. Contiguous.
at::Tensor differentiable_rotate(const at::Tensor& x, int64_t heads, const Rope& rope, const at::Tensor& positions);

/// x Wᵀ + b + scale (x downᵀ) upᵀ. The weight gets no gradient; the factors do, in their own type.
at::Tensor differentiable_low_rank(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                   const LowRank& change);

}  // namespace rmt::model::ops
