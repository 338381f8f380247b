// The element types the kernels know, of tensors.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include "model/kernels/kernels.h"

namespace rmt::model::ops {

/// Whether a tensor's values can be handed to the kernels: fp32 or bf16 on the CPU.
inline bool kernels_read(const at::Tensor& x) {
  return x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

inline kernels::Element element_of(at::ScalarType type) {
  return type == at::kBFloat16 ? kernels::Element::bf16 : kernels::Element::fp32;
}
inline kernels::Element element_of(const at::Tensor& x) {
  return element_of(x.scalar_type());
}

}  // namespace rmt::model::ops
