// A few steps of training on a GPU go the way they go on the CPU.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randint.h>

#include <cmath>
#include <memory>

#include "bench/gpu/random_model.h"
#include "lm/train/adamw.h"
#include "lm/train/bptt.h"
#include "lm/train/decoder_objective.h"
#include "lm/train/recorded_objective.h"
#include "model/rmt/segment_batch.h"
#include "tests/cuda/gpu.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::Precision;

enum class Way { all_graphs, recomputed, recorded };

std::vector<double> losses_of_training(const at::Device& device, const char* shape, Precision precision, Way way) {
  constexpr int64_t kLength = 48, kSegments = 3, kBatch = 4, kMemory = 4;
  const model::BackboneConfig config = bench::shape_by_name(shape);
  const auto backbone = bench::random_backbone(config, 1);
  const at::Tensor memory = model::make_initial_memory(*backbone, kMemory, 1).to(device).requires_grad_(true);
  backbone->to(device);
  backbone->compute_in(precision);
  std::vector<lm::Parameter> parameters{{"memory", memory, 1.0, false}};
  for (const auto& [name, tensor] : backbone->leaves())
    parameters.push_back({name, tensor.set_requires_grad(true), 1.0, tensor.dim() > 1});
  lm::AdamW optimizer(std::move(parameters), {});
  const model::RmtDecoder decoder(backbone, {.memory_tokens = kMemory, .segment_length = kLength}, memory);
  const at::Tensor rows =
      at::randint(config.vocab_size, {kBatch, kSegments * kLength + 1}, at::detail::createCPUGenerator(3), at::kLong);
  const at::Tensor targets = rows.narrow(1, 1, kSegments * kLength);
  constexpr double kScale = 1.0 / (kBatch * kSegments * kLength);
  lm::KeptGradients gradients(optimizer.parameters());
  std::unique_ptr<lm::RecordedSegment> recorded;
  if (way == Way::recorded) recorded = std::make_unique<lm::RecordedSegment>(decoder, kBatch, gradients);
  const auto objective = [&]() -> std::unique_ptr<lm::Objective> {
    if (recorded) return std::make_unique<lm::RecordedObjective>(*recorded, decoder, rows, targets, kScale);
    return std::make_unique<lm::DecoderObjective>(decoder, rows, targets, kLength, kScale);
  };
  std::vector<double> losses;
  for (int step = 0; step < 5; ++step) {
    optimizer.zero_gradients();
    const lm::Bptt bptt{.recompute = way != Way::all_graphs};
    losses.push_back(back_propagate(*objective(), bptt, at::detail::createCPUGenerator(0)).sum() * kScale);
    lm::clip_norm(optimizer.parameters(), lm::gradient_norm(optimizer.parameters()), 1.0);
    optimizer.step(3e-3);
  }
  return losses;
}

TEST_SUITE("cuda") {
  TEST_CASE("losses of five steps") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    for (const char* shape : {"gpt2-tiny", "llama-tiny"}) {
      CAPTURE(shape);
      const auto expected = losses_of_training(at::kCPU, shape, Precision::fp32, Way::recomputed);
      CHECK(expected.back() < expected.front());
      for (const Way way : {Way::all_graphs, Way::recomputed, Way::recorded}) {
        CAPTURE(static_cast<int>(way));
        const auto exact = losses_of_training(*gpu, shape, Precision::fp32, way);
        const auto narrow = losses_of_training(*gpu, shape, Precision::bf16, way);
        for (size_t i = 0; i < expected.size(); ++i) {
          CHECK(std::abs(exact[i] / expected[i] - 1) < 1e-3);
          CHECK(std::abs(narrow[i] / expected[i] - 1) < 2e-2);
        }
      }
    }
  }
}

}  // namespace
}  // namespace rmt::tests
