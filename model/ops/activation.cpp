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

at::Tensor swiglu(const at::Tensor& gate_up) {
  const auto width = gate_up.size(-1) / 2;
  return at::silu(gate_up.narrow(-1, 0, width)) * gate_up.narrow(-1, width, width);
}

}  // namespace rmt::model::ops
