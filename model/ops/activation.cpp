#include "model/ops/activation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/silu.h>

#include <algorithm>

#include "model/ops/elements.h"
#include "model/ops/gradients.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

constexpr int64_t kValuesPerTask = 1 << 14;

bool fits_kernels(const at::Tensor& x) {
  return !at::GradMode::is_enabled() && kernels_read(x) && x.is_contiguous();
}

void activate(const at::Tensor& x, kernels::Activation activation) {
  auto* values = static_cast<char*>(x.mutable_data_ptr());
  const int64_t count = x.numel(), size = x.element_size();
  for_each_task((count + kValuesPerTask - 1) / kValuesPerTask, [&](int64_t task) {
    const int64_t first = task * kValuesPerTask;
    kernels::kernels().activate(activation, element_of(x), values + first * size,
                                std::min(kValuesPerTask, count - first));
  });
}

}  // namespace

at::Tensor gelu_tanh(at::Tensor x) {
  if (!fits_kernels(x)) return at::gelu(x, "tanh");
  activate(x, kernels::Activation::gelu_tanh);
  return x;
}

at::Tensor gelu_erf(at::Tensor x) {
  if (!fits_kernels(x)) return at::gelu(x);
  activate(x, kernels::Activation::gelu_erf);
  return x;
}

at::Tensor swiglu(const at::Tensor& gate_up) {
  const int64_t width = gate_up.size(-1) / 2;
  if (at::GradMode::is_enabled() && kernels_read(gate_up) && gate_up.is_contiguous())
    return differentiable_swiglu(gate_up);
  if (!fits_kernels(gate_up)) return at::silu(gate_up.narrow(-1, 0, width)) * gate_up.narrow(-1, width, width);

  auto shape = gate_up.sizes().vec();
  shape.back() = width;
  const auto out = at::empty(shape, gate_up.options());
  const int64_t rows = width > 0 ? out.numel() / width : 0, size = out.element_size();
  const int64_t rows_per_task = std::max<int64_t>(1, kValuesPerTask / std::max<int64_t>(width, 1));
  const auto* from = static_cast<const char*>(gate_up.const_data_ptr());
  auto* to = static_cast<char*>(out.data_ptr());
  for_each_task((rows + rows_per_task - 1) / rows_per_task, [&](int64_t task) {
    const int64_t first = task * rows_per_task;
    kernels::kernels().swiglu(element_of(out), from + 2 * first * width * size, to + first * width * size,
                              std::min(rows_per_task, rows - first), width);
  });
  return out;
}

}  // namespace rmt::model::ops
