// Our kernels on a GPU against fp64 on the CPU.
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <c10/core/GradMode.h>

#include <limits>

#include "model/ops/gpu_kernels.h"
#include "tests/cuda/gpu.h"
#include "tests/support/doctest.h"

namespace rmt::model::ops {
namespace {

double relative_error(const at::Tensor& a, const at::Tensor& expected) {
  const at::Tensor wanted = expected.to(at::kDouble);
  return ((a.to(at::kCPU, at::kDouble) - wanted).norm() / wanted.norm()).item<double>();
}

TEST_SUITE("cuda") {
  TEST_CASE("addition and norm on the GPU") {
    const auto gpu = tests::gpu_for_tests();
    if (!gpu) return;
    const c10::NoGradGuard no_grad;
    for (const int64_t width : {64, 768, 4100}) {
      const at::Tensor x = at::randn({37, width}), delta = at::randn({37, width}).to(at::kBFloat16);
      const at::Tensor weight = at::randn({width}), bias = at::randn({width});
      at::Tensor sum = x.to(*gpu);
      const Norm norm{weight.to(*gpu), bias.to(*gpu), 1e-5};
      if (!has_gpu_kernels()) return;
      const at::Tensor out = gpu_normalize(sum, delta.to(*gpu), norm, at::kBFloat16);
      REQUIRE(out.defined());
      const at::Tensor wide = (x + delta).to(at::kDouble);
      CHECK(relative_error(sum, wide) < 1e-6);
      CHECK(relative_error(out, at::layer_norm(wide, {width}, weight.to(at::kDouble), bias.to(at::kDouble), 1e-5)) <
            4e-3);
      const at::Tensor rms = gpu_normalize(sum, {}, {norm.weight, {}, 1e-5}, at::kFloat);
      CHECK(relative_error(rms, wide / (wide.pow(2).mean(-1, true) + 1e-5).sqrt() * weight) < 1e-5);
    }
  }

  TEST_CASE("losses and their gradients on the GPU") {
    const auto gpu = tests::gpu_for_tests();
    if (!gpu) return;
    const c10::NoGradGuard no_grad;
    constexpr int64_t kRows = 70, kVocabulary = 50257;
    const at::Tensor logits = at::randn({kRows, kVocabulary}).mul(4).sub(90);
    const at::Tensor targets = at::randint(kVocabulary, {kRows}, at::kLong);
    const at::Tensor expected =
        at::log_softmax(logits.to(at::kDouble), -1).gather(1, targets.unsqueeze(1)).squeeze(1).neg();
    at::Tensor nll = at::full({kRows}, std::numeric_limits<float>::quiet_NaN(), at::kFloat).to(*gpu);
    if (!has_gpu_kernels()) return;
    REQUIRE(gpu_token_nll(logits.to(*gpu), targets.to(*gpu), nll));
    CHECK(relative_error(nll, expected) < 1e-5);

    at::Tensor some = targets.clone();
    some.narrow(0, 3, 20).fill_(-1);  // and for these nothing is to be predicted
    const at::Tensor learned = some.ge(0).unsqueeze(1).to(at::kDouble);
    for (const auto type : {at::kFloat, at::kBFloat16}) {
      const at::Tensor rounded = logits.to(type);
      at::Tensor gradient = rounded.to(*gpu), losses = at::full_like(nll, std::numeric_limits<float>::quiet_NaN());
      REQUIRE(gpu_softmax_gradient(gradient, some.to(*gpu), at::full({1}, 0.5, losses.options()), losses));
      at::Tensor wanted = at::softmax(rounded.to(at::kDouble), -1);
      wanted.scatter_add_(1, targets.unsqueeze(1), at::full({kRows, 1}, -1.0, at::kDouble));
      CHECK(relative_error(gradient, wanted.mul(learned).mul(0.5)) < (type == at::kFloat ? 1e-5 : 5e-3));
    }
  }
}

}  // namespace
}  // namespace rmt::model::ops
