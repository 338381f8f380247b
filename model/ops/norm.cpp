#include "model/ops/norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>

namespace rmt::model::ops {

at::Tensor normalize(const at::Tensor& x, const Norm& norm, at::ScalarType dtype) {
  const auto wide = x.to(at::kFloat);
  if (norm.bias.defined()) {
    return at::layer_norm(wide, {x.size(-1)}, norm.weight.to(at::kFloat), norm.bias.to(at::kFloat), norm.eps).to(dtype);
  }
  const auto mean_square = (wide * wide).mean(-1, /*keepdim=*/true);
  return (wide * at::rsqrt(mean_square + norm.eps) * norm.weight.to(at::kFloat)).to(dtype);
}

at::Tensor add_normalize(at::Tensor& x, const at::Tensor& delta, const Norm& norm, at::ScalarType dtype) {
  if (at::GradMode::is_enabled()) {
    x = x + delta.to(x.scalar_type());
  } else {
    x.add_(delta);
  }
  return normalize(x, norm, dtype);
}

}  // namespace rmt::model::ops
