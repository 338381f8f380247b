// Layer norm and RMS norm, alone or fused with the residual addition before them.
#pragma once

#include <ATen/core/Tensor.h>

namespace rmt::model::ops {

struct Norm {
  at::Tensor weight;  ///< [D]
  at::Tensor bias;    ///< [D]; undefined makes it an RMS norm
  double eps = 1e-5;
};

/// x [..., D] -> [..., D] in `dtype` (statistics in fp32).
at::Tensor normalize(const at::Tensor& x, const Norm& norm, at::ScalarType dtype);

/// x <- x + delta, then normalize(x): x [..., D] keeps its dtype, delta may be narrower.
/// Without gradients x is changed in place; with them it is replaced.
at::Tensor add_normalize(at::Tensor& x, const at::Tensor& delta, const Norm& norm, at::ScalarType dtype);

}  // namespace rmt::model::ops
