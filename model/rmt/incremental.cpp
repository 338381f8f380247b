#include "model/rmt/incremental.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <string>
#include <vector>

#include "model/error.h"

namespace rmt::model {

namespace {

ops::KeyValueCache empty_cache(const Backbone& backbone) {
  const BackboneConfig& config = backbone.config();
  return ops::KeyValueCache(
      {.layers = config.layers,
       .kv_heads = config.kv_heads,
       .head_size = config.head_size,
       .element = backbone.precision() == Precision::bf16 ? kernels::Element::bf16 : kernels::Element::fp32});
}

[[noreturn]] void refuse_length(int64_t tokens, int64_t most) {
  throw Error(Errc::mismatch, "a segment of " + std::to_string(tokens) + " tokens where at most " +
                                  std::to_string(most) + " were configured");
}

// As RmtDecoder::step numbers them: shifted, rows in order; else text as in pre-training and memory after it.
at::Tensor positions_of(const RmtConfig& config, int64_t tokens) {
  const int64_t m = config.memory_tokens, t = config.segment_length;
  if (config.positions == TextPositions::shifted) return at::arange(m + tokens, at::kLong);
  return at::cat({at::arange(t, t + m, at::kLong), at::arange(tokens, at::kLong)});
}

}  // namespace

OpenSegment IncrementalDecoder::begin(const at::Tensor& memory, const at::Tensor& ids, int64_t from) const {
  const c10::NoGradGuard no_grad;
  const Backbone& backbone = decoder_.backbone();
  const RmtConfig& config = decoder_.config();
  const int64_t m = config.memory_tokens, t = ids.size(0);
  if (t > config.segment_length) refuse_length(t, config.segment_length);

  OpenSegment segment{empty_cache(backbone), at::empty({0, backbone.config().width}, at::kFloat)};
  if (m + t == 0) return segment;
  const at::Tensor rows = at::cat({memory, backbone.embed(ids.unsqueeze(0))}, 1);  // [1, M + t, D]
  RowLayout layout;
  layout.positions = positions_of(config, t);
  layout.caches = {&segment.cache};
  const bool wanted = from < t;
  const at::Tensor out = backbone.forward(rows, layout, {wanted ? m + from : m + t - 1, m + t}).squeeze(0);
  if (wanted) segment.hidden = out;
  return segment;
}

at::Tensor IncrementalDecoder::extend(const at::Tensor& ids, std::span<ops::KeyValueCache* const> caches) const {
  const c10::NoGradGuard no_grad;
  const Backbone& backbone = decoder_.backbone();
  const RmtConfig& config = decoder_.config();
  const bool shifted = config.positions == TextPositions::shifted;
  std::vector<int64_t> positions;
  for (const ops::KeyValueCache* cache : caches) {
    const int64_t tokens = tokens_of(*cache);
    if (tokens >= config.segment_length) refuse_length(tokens + 1, config.segment_length);
    positions.push_back(shifted ? cache->rows() : tokens);
  }
  RowLayout layout;
  layout.positions = at::tensor(positions, at::kLong).unsqueeze(1);  // [R, 1]
  layout.caches.assign(caches.begin(), caches.end());
  return backbone.forward(backbone.embed(ids).unsqueeze(1), layout, {0, 1}).squeeze(1);
}

}  // namespace rmt::model
