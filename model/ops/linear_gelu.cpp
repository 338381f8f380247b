#include "model/ops/linear_gelu.h"

#include <ATen/ops/_addmm_activation.h>
#include <c10/core/GradMode.h>

#include "model/ops/activation.h"

namespace rmt::model::ops {

at::Tensor linear_gelu_tanh(const Linear& linear, const at::Tensor& x) {
  const bool fused = x.is_cuda() && !c10::GradMode::is_enabled() && linear.is_plain() && linear.bias().defined() &&
                     linear.weight().scalar_type() == x.scalar_type();
  if (!fused) return gelu_tanh(linear(x));
  auto shape = x.sizes().vec();
  shape.back() = linear.out_features();
  const at::Tensor rows = x.reshape({-1, linear.in_features()});
  return at::_addmm_activation(linear.bias(), rows, linear.weight().t(), 1, 1, /*use_gelu=*/true).view(shape);
}

}  // namespace rmt::model::ops
