#include "model/ops/norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>

#include <algorithm>

#include "model/ops/elements.h"
#include "model/ops/gpu_kernels.h"
#include "model/ops/gradients.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

constexpr int64_t kRowsPerTask = 16;

bool is_plain_vector(const at::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous();
}

bool fits_kernels(const at::Tensor& x, const Norm& norm, at::ScalarType dtype) {
  return is_plain_vector(x) && x.numel() > 0 && is_plain_vector(norm.weight) &&
         (!norm.bias.defined() || is_plain_vector(norm.bias)) && (dtype == at::kFloat || dtype == at::kBFloat16);
}

// `delta` undefined: nothing is added and `sum` is not written.
at::Tensor run_kernel(const at::Tensor& x, const at::Tensor& delta, float* sum, const Norm& norm,
                      at::ScalarType dtype) {
  const auto out = at::empty(x.sizes(), x.options().dtype(dtype));
  const int64_t width = x.size(-1), rows = width > 0 ? x.numel() / width : 0;
  const auto* values = x.const_data_ptr<float>();
  const auto* added = delta.defined() ? static_cast<const char*>(delta.const_data_ptr()) : nullptr;
  auto* results = static_cast<char*>(out.data_ptr());
  for_each_task((rows + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
    const int64_t first = task * kRowsPerTask, at = first * width;
    kernels::NormRows part;
    part.x = values + at;
    if (added) {
      part.delta = added + at * delta.element_size();
      part.delta_element = element_of(delta);
      part.sum = sum + at;
    }
    part.weight = norm.weight.const_data_ptr<float>();
    part.bias = norm.bias.defined() ? norm.bias.const_data_ptr<float>() : nullptr;
    part.eps = static_cast<float>(norm.eps);
    part.out = results + at * out.element_size();
    part.out_element = element_of(out);
    part.rows = std::min(kRowsPerTask, rows - first);
    part.width = width;
    kernels::kernels().normalize(part);
  });
  return out;
}

at::Tensor plain(const at::Tensor& x, const Norm& norm, at::ScalarType dtype) {
  const auto wide = x.to(at::kFloat);
  if (norm.bias.defined()) {
    return at::layer_norm(wide, {x.size(-1)}, norm.weight.to(at::kFloat), norm.bias.to(at::kFloat), norm.eps).to(dtype);
  }
  const auto mean_square = (wide * wide).mean(-1, /*keepdim=*/true);
  return (wide * at::rsqrt(mean_square + norm.eps) * norm.weight.to(at::kFloat)).to(dtype);
}

}  // namespace

at::Tensor normalize(const at::Tensor& x, const Norm& norm, at::ScalarType dtype) {
  if (const at::Tensor out = gpu_normalize(x, {}, norm, dtype); out.defined()) return out;
  if (!fits_kernels(x, norm, dtype)) return plain(x, norm, dtype);
  if (at::GradMode::is_enabled()) return differentiable_normalize(x, norm, dtype);
  return run_kernel(x, {}, nullptr, norm, dtype);
}

at::Tensor add_normalize(at::Tensor& x, const at::Tensor& delta, const Norm& norm, at::ScalarType dtype) {
  if (const at::Tensor out = gpu_normalize(x, delta, norm, dtype); out.defined()) return out;
  if (fits_kernels(x, norm, dtype) && kernels_read(delta) && delta.is_contiguous() && delta.sizes() == x.sizes()) {
    if (at::GradMode::is_enabled()) {
      auto [sum, out] = differentiable_add_normalize(x, delta, norm, dtype);
      x = std::move(sum);
      return out;
    }
    return run_kernel(x, delta, x.mutable_data_ptr<float>(), norm, dtype);
  }
  if (at::GradMode::is_enabled()) {
    x = x + delta.to(x.scalar_type());
  } else {
    x.add_(delta);
  }
  return plain(x, norm, dtype);
}

}  // namespace rmt::model::ops
