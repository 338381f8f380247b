// Back-propagation through segments: recomputation against all graphs at once, truncation counted in segments, and
// the whole against ATen's own cross-entropy.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <map>

#include "lm/train/bptt.h"
#include "lm/train/decoder_objective.h"
#include "model/rmt/segment_batch.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

constexpr int64_t kLength = 12, kMemory = 3, kRows = 2;

using Gradients = std::map<std::string, at::Tensor>;

/// A small decoder whose every tensor is trained.
struct Model {
  explicit Model(model::Architecture architecture)
      : backbone(model::load_backbone(small_config(architecture), DrawnWeights(5, 0.2))),
        memory(model::make_initial_memory(*backbone, kMemory, 1).requires_grad_()),
        decoder(backbone, {.memory_tokens = kMemory, .segment_length = kLength}, memory) {
    for (const auto& [name, tensor] : backbone->leaves()) tensor.set_requires_grad(true);
  }

  Gradients take_gradients() const {
    Gradients all{{"memory", memory.grad()}};
    memory.mutable_grad() = at::Tensor();
    for (const auto& [name, tensor] : backbone->leaves()) {
      if (tensor.grad().defined()) all[name] = tensor.grad();
      tensor.mutable_grad() = at::Tensor();
    }
    return all;
  }

  std::shared_ptr<model::Backbone> backbone;
  at::Tensor memory;
  model::RmtDecoder decoder;
};

at::Tensor random_rows(int64_t segments) {
  return at::randint(256, {kRows, segments * kLength + 1}, at::detail::createCPUGenerator(3), at::kLong);
}

Gradients gradients(const Model& m, const at::Tensor& rows, const lm::Bptt& bptt, lm::BatchLoss* loss = nullptr) {
  const lm::DecoderObjective objective(m.decoder, rows, kLength, 1.0 / 50);
  const lm::BatchLoss result = lm::back_propagate(objective, bptt, at::detail::createCPUGenerator(9));
  if (loss) *loss = result;
  return m.take_gradients();
}

/// The largest difference of any gradient, relative to the largest entry of that gradient.
double worst_difference(const Gradients& a, const Gradients& b) {
  if (a.size() != b.size()) return INFINITY;
  double worst = 0;
  for (const auto& [name, gradient] : a)
    worst = std::max(worst, max_difference(gradient, b.at(name)) / b.at(name).abs().max().item<double>());
  return worst;
}

TEST_CASE("recomputed gradients equal those of all graphs at once, at any truncation, with noise or without") {
  for (const auto architecture : {model::Architecture::gpt2, model::Architecture::llama}) {
    const Model m(architecture);
    const at::Tensor rows = random_rows(5);
    for (const int64_t truncation : {-1, 1, 3})
      for (const double noise : {0.0, 0.3}) {
        lm::BatchLoss plain_loss, recomputed_loss;
        const Gradients plain = gradients(m, rows, {truncation, false, noise}, &plain_loss);
        const Gradients recomputed = gradients(m, rows, {truncation, true, noise}, &recomputed_loss);
        CAPTURE(truncation);
        CAPTURE(noise);
        CHECK(worst_difference(recomputed, plain) < 1e-5);
        CHECK(recomputed_loss.sum() == doctest::Approx(plain_loss.sum()).epsilon(1e-6));
        CHECK(plain.size() > 10);
      }
  }
}

TEST_CASE("gradients are those of the mean cross-entropy of the next token") {
  const Model m(model::Architecture::llama);
  const at::Tensor rows = random_rows(3);
  lm::BatchLoss loss;
  const Gradients ours = gradients(m, rows, {}, &loss);

  const c10::AutoGradMode on(true);
  model::MemoryState state = m.decoder.start(kRows);
  at::Tensor sum;
  for (int64_t s = 0; s < 3; ++s) {
    const model::SegmentBatch segment{rows.narrow(1, s * kLength, kLength).contiguous(), {kLength, kLength}};
    auto out = m.decoder.step(segment, state, model::Wanted::hidden);
    const at::Tensor logits = at::linear(out.hidden, m.backbone->head().weight()).reshape({kRows * kLength, -1});
    const at::Tensor targets = rows.narrow(1, s * kLength + 1, kLength).reshape({-1});
    const at::Tensor part = at::cross_entropy_loss(logits, targets, {}, at::Reduction::Sum);
    sum = sum.defined() ? sum + part : part;
    state = out.state;
  }
  torch::autograd::backward({sum / 50}, {});
  CHECK(worst_difference(ours, m.take_gradients()) < 1e-5);
  CHECK(loss.sum() == doctest::Approx(sum.item<double>()).epsilon(1e-6));
}

TEST_CASE("truncation k lets exactly the last k segments share a graph") {
  const Model m(model::Architecture::gpt2);
  const at::Tensor rows = random_rows(4);
  // The initial memory is reached by segment 0 alone unless every border is open.
  const auto memory_gradient = [&](int64_t truncation) {
    return gradients(m, rows, {truncation, true, 0}).at("memory");
  };
  const at::Tensor first_only = gradients(m, rows.narrow(1, 0, kLength + 1), {}).at("memory");
  for (const int64_t truncation : {1, 2, 3}) CHECK(max_difference(memory_gradient(truncation), first_only) < 1e-7);
  CHECK(max_difference(memory_gradient(4), first_only) > 1e-4);
  CHECK(max_difference(memory_gradient(4), memory_gradient(-1)) < 1e-9);

  // Of 4 segments with k = 2 the last two are as if they were alone, started from the memory they got.
  lm::BatchLoss loss;
  const Gradients two = gradients(m, rows, {2, true, 0}, &loss), all = gradients(m, rows, {-1, true, 0});
  CHECK(loss.by_segment.size() == 4);
  CHECK(worst_difference(two, all) > 1e-4);
}

}  // namespace
}  // namespace rmt::tests
