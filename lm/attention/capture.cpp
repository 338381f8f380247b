#include "lm/attention/capture.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "lm/attention/memory_observer.h"

namespace rmt::lm {

namespace {

model::SegmentBatch batch_of(const corpora::Segment& segment) {
  const std::vector<int64_t> ids(segment.ids.begin(), segment.ids.end());
  return {at::tensor(ids, at::kLong).unsqueeze(0), {static_cast<int64_t>(ids.size())}};
}

std::vector<int64_t> numbers(int64_t count) {
  std::vector<int64_t> all(static_cast<size_t>(count));
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

// Moves `state` on.
SegmentAttention step_observed(const model::RmtDecoder& decoder, corpora::Segment segment, model::MemoryState& state) {
  const model::SegmentBatch batch = batch_of(segment);
  const int64_t m = decoder.config().memory_tokens, t = batch.lengths.front();
  const MemoryObserver maps(m, t);
  state =
      decoder.step(batch, state, model::Wanted::hidden, &maps.observer()).state;  // hidden: the last layer's text too
  return {std::move(segment), numbers(decoder.backbone().config().layers), numbers(decoder.backbone().config().heads),
          maps.write(), maps.read()};
}

int64_t place_of(int64_t number, const std::vector<int64_t>& numbers, const char* what) {
  const auto found = std::find(numbers.begin(), numbers.end(), number);
  if (found == numbers.end()) throw std::invalid_argument("no map of " + std::string(what) + std::to_string(number));
  return found - numbers.begin();
}

}  // namespace

AttentionCapture capture_attention(const model::RmtDecoder& decoder, DocumentStream& document,
                                   const std::set<int64_t>& chosen) {
  if (decoder.config().memory_tokens == 0) throw std::invalid_argument("a decoder without memory has no maps of it");
  const c10::NoGradGuard no_grad;
  AttentionCapture capture;
  model::MemoryState state = decoder.start(1);
  while (!chosen.empty() && capture.segments_read <= *chosen.rbegin()) {
    auto next = document.next();
    if (!next) break;
    if (chosen.contains(capture.segments_read))
      capture.segments.push_back(step_observed(decoder, std::move(next->segment), state));
    else
      state = decoder.step(batch_of(next->segment), state, model::Wanted::memory).state;
    ++capture.segments_read;
  }
  return capture;
}

SegmentAttention only_layer(SegmentAttention maps, int64_t layer) {
  const int64_t place = place_of(layer, maps.layers, "layer ");
  maps.write = maps.write.narrow(0, place, 1);
  maps.read = maps.read.narrow(0, place, 1);
  maps.layers = {layer};
  return maps;
}

SegmentAttention only_head(SegmentAttention maps, int64_t head) {
  const int64_t place = place_of(head, maps.heads, "head ");
  maps.write = maps.write.narrow(1, place, 1);
  maps.read = maps.read.narrow(1, place, 1);
  maps.heads = {head};
  return maps;
}

SegmentAttention mean_of_heads(SegmentAttention maps) {
  maps.write = maps.write.mean({1}, /*keepdim=*/true);
  maps.read = maps.read.mean({1}, /*keepdim=*/true);
  maps.heads = {};
  return maps;
}

}  // namespace rmt::lm
