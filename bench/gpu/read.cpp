// A long text read and scored, or only read: time, peak memory, operations.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randint.h>

#include <optional>

#include "bench/gpu/measure.h"
#include "lm/flops.h"
#include "model/device/device_memory.h"
#include "model/rmt/segment_pipeline.h"

namespace rmt::bench {

namespace {

// Of one segment. Read only, the last layer's text rows end with their attention.
double segment_flop(const model::BackboneConfig& config, const model::RmtConfig& rmt, bool scores) {
  const lm::FlopsShape shape = lm::shape_of(config, "");
  const auto t = static_cast<double>(rmt.segment_length), m = static_cast<double>(rmt.memory_tokens);
  if (scores) return lm::honest_flops(shape, t + 2 * m, t);
  const auto d = static_cast<double>(config.width), f = static_cast<double>(config.ffn_width);
  const double after_attention = 2 * d * static_cast<double>(shape.query_width) + (shape.gated_ffn ? 6 : 4) * d * f;
  return lm::honest_flops(shape, t + 2 * m, 0) - t * after_attention;
}

}  // namespace

nlohmann::json measure_reading(const Request& request) {
  const model::BackboneConfig config = request.shape();
  const Wrapping wrapping = request.wrapping();
  const model::RmtDecoder decoder = random_decoder(config, request.device, wrapping);
  const auto segments = request.get<int64_t>("segments", 4096), batch = request.get<int64_t>("batch", 1);
  const bool scores = request.get<bool>("scores", true);
  const at::Tensor ids = at::randint(config.vocab_size, {segments, batch, wrapping.rmt.segment_length},
                                     at::detail::createCPUGenerator(2), at::kLong);
  model::SegmentPipeline pipeline(decoder,
                                  {.batch = batch, .depth = request.get<int64_t>("depth", 8), .scores = scores});
  model::forget_peak(request.device);
  at::Tensor nll;
  const auto seconds = time_runs(request, [&] {
    model::SegmentPipeline::Standing standing = pipeline.start();
    nll = pipeline.read(ids, standing);
  });
  nlohmann::json answer = {{"seconds", seconds},
                           {"tokens", segments * batch * wrapping.rmt.segment_length},
                           {"flop", static_cast<double>(segments * batch) * segment_flop(config, wrapping.rmt, scores)},
                           {"peak_bytes", model::memory_of(request.device).peak}};
  if (scores) answer["nll_per_token"] = nll.nanmean().item<double>();
  return answer;
}

}  // namespace rmt::bench
