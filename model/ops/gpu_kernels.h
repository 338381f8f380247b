// Our own kernels on a GPU, where one pass over the rows replaces several. Which there are is decided by the build
// (nvcc) and asked at run time: a function that has no kernel for its tensors says so, and the caller uses ATen.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/norm.h"

namespace rmt::model::ops {

/// Whether this build has them.
bool has_gpu_kernels();

/// add_normalize(), or with `delta` undefined normalize(): x [..., D] fp32 is changed in place. Undefined: no kernel.
at::Tensor gpu_normalize(const at::Tensor& x, const at::Tensor& delta, const Norm& norm, at::ScalarType dtype);

/// logits [n, V] fp32, targets [n] int64 -> nll [n] fp32. False: no kernel, nothing was written.
bool gpu_token_nll(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& nll);

/// The same losses of logits [n, V] bf16 or fp32, which become the gradients of `scale` [1] fp32 times them; both are 0
/// in rows with a negative target.
bool gpu_softmax_gradient(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& scale,
                          const at::Tensor& losses);

}  // namespace rmt::model::ops
