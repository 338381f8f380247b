#include "model/ops/gpu_kernels.h"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "model/cuda/kernels.h"

namespace rmt::model::ops {

namespace {

bool is_dense(const at::Tensor& x, at::ScalarType type) {
  return x.is_cuda() && x.scalar_type() == type && x.is_contiguous();
}

bool is_activation(at::ScalarType type) {
  return type == at::kFloat || type == at::kBFloat16;
}

void require_launched(const char* fault, const char* kernel) {
  TORCH_CHECK(fault == nullptr, "the kernel ", kernel, " was not launched: ", fault);
}

}  // namespace

bool has_gpu_kernels() {
  return true;
}

at::Tensor gpu_normalize(const at::Tensor& x, const at::Tensor& delta, const Norm& norm, at::ScalarType dtype) {
  if (c10::GradMode::is_enabled() || !is_dense(x, at::kFloat) || !is_dense(norm.weight, at::kFloat)) return {};
  if (norm.bias.defined() && !is_dense(norm.bias, at::kFloat)) return {};
  if (!is_activation(dtype) || x.numel() == 0) return {};
  if (delta.defined() &&
      (!is_activation(delta.scalar_type()) || !is_dense(delta, delta.scalar_type()) || delta.sizes() != x.sizes()))
    return {};
  const c10::cuda::CUDAGuard guard(x.device());
  const at::Tensor out = at::empty(x.sizes(), x.options().dtype(dtype));
  cuda::NormLaunch launch;
  // Without a delta x is only read.
  launch.x = const_cast<float*>(x.const_data_ptr<float>());
  launch.delta = delta.defined() ? delta.const_data_ptr() : nullptr;
  launch.delta_is_bf16 = delta.defined() && delta.scalar_type() == at::kBFloat16;
  launch.weight = norm.weight.const_data_ptr<float>();
  launch.bias = norm.bias.defined() ? norm.bias.const_data_ptr<float>() : nullptr;
  launch.eps = static_cast<float>(norm.eps);
  launch.out = out.mutable_data_ptr();
  launch.out_is_bf16 = dtype == at::kBFloat16;
  launch.width = x.size(-1);
  launch.rows = x.numel() / launch.width;
  require_launched(cuda::launch_normalize(launch, c10::cuda::getCurrentCUDAStream().stream()), "normalize");
  return out;
}

bool gpu_token_nll(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& nll) {
  if (!is_dense(logits, at::kFloat) || !is_dense(targets, at::kLong) || !is_dense(nll, at::kFloat)) return false;
  const c10::cuda::CUDAGuard guard(logits.device());
  require_launched(cuda::launch_token_nll(logits.const_data_ptr<float>(), targets.const_data_ptr<int64_t>(),
                                          nll.mutable_data_ptr<float>(), logits.size(0), logits.size(1),
                                          c10::cuda::getCurrentCUDAStream().stream()),
                   "token_nll");
  return true;
}

bool gpu_softmax_gradient(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& scale,
                          const at::Tensor& losses) {
  if (!is_activation(logits.scalar_type()) || !is_dense(logits, logits.scalar_type()) ||
      !is_dense(targets, at::kLong) || !is_dense(scale, at::kFloat) || !is_dense(losses, at::kFloat))
    return false;
  const c10::cuda::CUDAGuard guard(logits.device());
  require_launched(cuda::launch_softmax_gradient(logits.mutable_data_ptr(), logits.scalar_type() == at::kBFloat16,
                                                 targets.const_data_ptr<int64_t>(), scale.const_data_ptr<float>(),
                                                 losses.mutable_data_ptr<float>(), logits.size(0), logits.size(1),
                                                 c10::cuda::getCurrentCUDAStream().stream()),
                   "softmax_gradient");
  return true;
}

}  // namespace rmt::model::ops
