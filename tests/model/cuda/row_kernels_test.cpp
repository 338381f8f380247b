// The lanes' code of our GPU kernels, run by threads of the CPU: the same strides, reductions and waiting as on a GPU.
#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <barrier>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "model/cuda/row_nll.h"
#include "model/cuda/row_norm.h"
#include "tests/support/doctest.h"

namespace rmt::model::cuda {
namespace {

constexpr int kLanes = 8;

class HostBlock {
 public:
  HostBlock(int lane, std::barrier<>& barrier, void* scratch) : lane_(lane), barrier_(barrier), scratch_(scratch) {}
  int lane() const { return lane_; }
  static int lanes() { return kLanes; }
  void wait() { barrier_.arrive_and_wait(); }
  void* scratch() const { return scratch_; }

 private:
  int lane_;
  std::barrier<>& barrier_;
  void* scratch_;
};

/// body(block) in every lane at once.
template <class Body>
void run_block(const Body& body) {
  alignas(8) char scratch[kLanes * kScratchBytes];
  std::barrier barrier(kLanes);
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < kLanes; ++lane)
    lanes.emplace_back([&, lane] {
      HostBlock block(lane, barrier, scratch);
      body(block);
    });
  for (std::thread& lane : lanes) lane.join();
}

float loss_of(const std::vector<float>& logits, int64_t target) {
  float loss = -1;
  run_block(
      [&](HostBlock& block) { nll_row(block, logits.data(), static_cast<int64_t>(logits.size()), target, &loss); });
  return loss;
}

std::vector<float> values(const at::Tensor& x) {
  return {x.const_data_ptr<float>(), x.const_data_ptr<float>() + x.numel()};
}

std::vector<uint16_t> bits(const at::Tensor& bf16) {
  const auto* first = static_cast<const uint16_t*>(bf16.const_data_ptr());
  return {first, first + bf16.numel()};
}

TEST_CASE("bf16 is rounded as libtorch rounds it") {
  const float odd[] = {0.0f, -0.0f, 1.0f, 1.00390625f, 1.01171875f, 3.3895314e38f, 1e-40f, INFINITY, -INFINITY, -2.7f};
  for (const float x : odd) {
    uint16_t mine = 0;
    narrow(x, mine);
    CHECK(mine == c10::BFloat16(x).x);
    CHECK(wide(mine) == static_cast<float>(c10::BFloat16(x)));
  }
  uint16_t none = 0;
  narrow(std::numeric_limits<float>::quiet_NaN(), none);
  CHECK(std::isnan(wide(none)));
}

TEST_CASE("the loss of a row, whatever the number of logits") {
  for (const int64_t vocabulary : {1, 3, 8, 257, 5003}) {
    CAPTURE(vocabulary);
    const at::Tensor logits = at::randn({vocabulary}).mul(5).sub(90);  // GPT-2's lie about there
    const at::Tensor expected = at::log_softmax(logits.to(at::kDouble), 0).neg();
    for (const int64_t target : {int64_t{0}, vocabulary / 2, vocabulary - 1})
      CHECK(loss_of(values(logits), target) == doctest::Approx(expected[target].item<double>()).epsilon(1e-5));
  }
}

TEST_CASE("logits that become their gradient") {
  constexpr int64_t kVocabulary = 1001, kTarget = 997;
  constexpr double kScale = 0.125;
  const at::Tensor logits = at::randn({kVocabulary}).mul(3).sub(20);
  at::Tensor expected = logits.to(at::kDouble).softmax(0);
  expected[kTarget] -= 1.0;
  expected.mul_(kScale);
  std::vector<float> gradient = values(logits);
  float loss = 0;
  run_block([&](HostBlock& block) {
    softmax_gradient_row(block, gradient.data(), kVocabulary, kTarget, static_cast<float>(kScale), &loss);
  });
  CHECK(loss == doctest::Approx(loss_of(values(logits), kTarget)));
  double worst = 0;
  for (int64_t i = 0; i < kVocabulary; ++i)
    worst = std::max(worst, std::abs(gradient[static_cast<size_t>(i)] - expected[i].item<double>()));
  CHECK(worst < 1e-6);

  std::vector<uint16_t> narrow_gradient = bits(logits.to(at::kBFloat16));
  run_block([&](HostBlock& block) {
    softmax_gradient_row(block, narrow_gradient.data(), kVocabulary, kTarget, static_cast<float>(kScale), &loss);
  });
  CHECK(wide(narrow_gradient[kTarget]) == doctest::Approx(expected[kTarget].item<double>()).epsilon(0.01));

  run_block([&](HostBlock& block) {
    softmax_gradient_row(block, gradient.data(), kVocabulary, int64_t{-1}, static_cast<float>(kScale), &loss);
  });
  CHECK(loss == 0);
  CHECK(gradient == std::vector<float>(kVocabulary, 0.0f));
}

TEST_CASE("a row of extremes") {
  const float low = -std::numeric_limits<float>::infinity();
  CHECK(loss_of({low, 2.0f, low}, 1) == doctest::Approx(0.0));
  CHECK(loss_of({low, 2.0f, low}, 0) == std::numeric_limits<float>::infinity());
  CHECK(loss_of({3e38f, 3e38f}, 0) == doctest::Approx(std::log(2.0)));
  std::vector<float> broken(100, 1.0f);
  broken[77] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(loss_of(broken, 3)));
}

TEST_CASE("addition and norm of a row") {
  constexpr double kEps = 1e-5;
  for (const int64_t width : {8, 12, 100, 768}) {
    for (const bool centered : {true, false}) {
      CAPTURE(width);
      CAPTURE(centered);
      const at::Tensor before = at::randn({width}), delta = at::randn({width}).to(at::kBFloat16);
      const at::Tensor weight = at::randn({width}), bias = at::randn({width});
      const at::Tensor sum = before + delta;
      const at::Tensor wide_sum = sum.to(at::kDouble);
      const at::Tensor expected =
          centered ? at::layer_norm(wide_sum, {width}, weight.to(at::kDouble), bias.to(at::kDouble), kEps)
                   : wide_sum / (wide_sum.pow(2).mean() + kEps).sqrt() * weight;

      std::vector<float> x = values(before), out(static_cast<size_t>(width), NAN);
      const std::vector<uint16_t> added = bits(delta);
      run_block([&](HostBlock& block) {
        normalize_row(block, x.data(), added.data(), weight.const_data_ptr<float>(),
                      centered ? bias.const_data_ptr<float>() : nullptr, static_cast<float>(kEps), width, out.data());
      });
      CHECK(x == values(sum));
      for (int64_t i = 0; i < width; ++i)
        CHECK(out[static_cast<size_t>(i)] == doctest::Approx(expected[i].item<double>()).epsilon(1e-4));

      std::vector<uint16_t> narrow_out(static_cast<size_t>(width), 0);
      run_block([&](HostBlock& block) {  // and without anything to add
        normalize_row(block, x.data(), static_cast<const float*>(nullptr), weight.const_data_ptr<float>(),
                      centered ? bias.const_data_ptr<float>() : nullptr, static_cast<float>(kEps), width,
                      narrow_out.data());
      });
      CHECK(x == values(sum));
      for (int64_t i = 0; i < width; ++i)
        CHECK(narrow_out[static_cast<size_t>(i)] == c10::BFloat16(out[static_cast<size_t>(i)]).x);
    }
  }
}

}  // namespace
}  // namespace rmt::model::cuda
