// The feed-forward non-linearities. Without gradients the first argument's memory is reused.
#pragma once

#include <ATen/core/Tensor.h>

namespace rmt::model::ops {

at::Tensor gelu_tanh(at::Tensor x);            // GPT-2's "gelu_new"
at::Tensor gelu_erf(at::Tensor x);             // BERT's "gelu"
at::Tensor swiglu(const at::Tensor& gate_up);  // [..., 2F] -> [..., F] contiguous: silu(first half) * second half

}  // namespace rmt::model::ops
