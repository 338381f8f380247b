// Training steps of every weight: N segments back and forth, gradients clipped, AdamW.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randint.h>

#include <memory>

#include "bench/gpu/measure.h"
#include "lm/flops.h"
#include "lm/train/adamw.h"
#include "lm/train/bptt.h"
#include "lm/train/decoder_objective.h"
#include "lm/train/recorded_objective.h"
#include "model/device/device_memory.h"
#include "model/rmt/segment_batch.h"

namespace rmt::bench {

nlohmann::json measure_training(const Request& request) {
  const model::BackboneConfig config = request.shape();
  const Wrapping wrapping = request.wrapping();
  const auto segments = request.get<int64_t>("segments", 4), batch = request.get<int64_t>("batch", 16);
  const int64_t length = wrapping.rmt.segment_length;

  const std::shared_ptr<model::Backbone> backbone = random_backbone(config, wrapping.seed);
  at::Tensor memory = model::make_initial_memory(*backbone, wrapping.rmt.memory_tokens, wrapping.seed);
  memory = memory.to(request.device).requires_grad_(true);
  backbone->to(request.device);
  backbone->compute_in(wrapping.precision);
  std::vector<lm::Parameter> parameters{{"memory", memory, 1.0, false}};
  for (const auto& [name, tensor] : backbone->leaves())
    parameters.push_back({name, tensor.set_requires_grad(true), 1.0, tensor.dim() > 1});
  lm::AdamW optimizer(std::move(parameters), {});
  const model::RmtDecoder decoder(backbone, wrapping.rmt, memory);
  const at::Tensor rows =
      at::randint(config.vocab_size, {batch, segments * length + 1}, at::detail::createCPUGenerator(3), at::kLong);
  const at::Tensor next_tokens = rows.narrow(1, 1, segments * length);
  const auto targets = static_cast<double>(batch * segments * length);

  lm::KeptGradients gradients(optimizer.parameters());
  model::forget_peak(request.device);
  std::unique_ptr<lm::RecordedSegment> recorded;
  if (request.get<bool>("recorded", false)) recorded = std::make_unique<lm::RecordedSegment>(decoder, batch, gradients);
  const auto objective = [&]() -> std::unique_ptr<lm::Objective> {
    if (recorded) return std::make_unique<lm::RecordedObjective>(*recorded, decoder, rows, next_tokens, 1.0 / targets);
    return std::make_unique<lm::DecoderObjective>(decoder, rows, next_tokens, length, 1.0 / targets);
  };
  std::vector<double> losses;
  const auto seconds = time_runs(request, [&] {
    optimizer.zero_gradients();
    const lm::BatchLoss loss = lm::back_propagate(*objective(), {.recompute = request.get<bool>("recompute", true)},
                                                  at::detail::createCPUGenerator(0));
    lm::clip_norm(optimizer.parameters(), lm::gradient_norm(optimizer.parameters()), 1.0);
    optimizer.step(1e-4);
    losses.push_back(loss.sum() / targets);
  });
  const lm::FlopsShape shape = lm::shape_of(config, "");
  return {{"seconds", seconds},
          {"tokens", batch * segments * length},
          {"flop", static_cast<double>(batch * segments) *
                       lm::training_flops(shape, length, wrapping.rmt.memory_tokens, lm::TrainedWeights::all)},
          {"losses", losses},
          {"peak_bytes", model::memory_of(request.device).peak}};
}

}  // namespace rmt::bench
