#include "model/ops/activation.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/silu.h>

namespace rmt::model::ops {

at::Tensor gelu_tanh(at::Tensor x) {
  return at::GradMode::is_enabled() ? at::gelu(x, "tanh") : at::gelu_(x, "tanh");
}

at::Tensor gelu_erf(at::Tensor x) {
  return at::GradMode::is_enabled() ? at::gelu(x) : at::gelu_(x);
}

at::Tensor silu_times(at::Tensor gate, const at::Tensor& up) {
  return at::GradMode::is_enabled() ? at::silu(gate) * up : at::silu_(gate).mul_(up);
}

}  // namespace rmt::model::ops
