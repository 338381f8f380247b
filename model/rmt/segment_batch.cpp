#include "model/rmt/segment_batch.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/std.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "model/error.h"

namespace rmt::model {

bool SegmentBatch::full() const {
  return std::all_of(lengths.begin(), lengths.end(), [&](int64_t length) { return length == ids.size(1); });
}

void check_segment(const SegmentBatch& segment, const MemoryState& state, const at::Tensor& initial_memory) {
  const auto refuse = [](const std::string& message) { throw Error(Errc::mismatch, message); };
  const int64_t batch = segment.batch();
  if (segment.ids.dim() != 2 || segment.ids.scalar_type() != at::kLong || segment.ids.size(0) != batch)
    refuse("a segment of " + std::to_string(batch) + " rows needs ids [" + std::to_string(batch) + ", T] int64, got " +
           c10::str(segment.ids.sizes()));
  for (const int64_t length : segment.lengths)
    if (length < 0 || length > segment.ids.size(1))
      refuse("a row of length " + std::to_string(length) + " in a segment of " + std::to_string(segment.ids.size(1)));
  const auto& m = state.memory;
  if (state.batch() != batch || m.dim() != 3 || m.size(0) != batch || m.size(1) != initial_memory.size(0) ||
      m.size(2) != initial_memory.size(1))
    refuse("a memory of " + c10::str(m.sizes()) + " for " + std::to_string(batch) + " rows of " +
           c10::str(initial_memory.sizes()));
}

SegmentBatch row_of(const SegmentBatch& segment, int64_t b) {
  const int64_t length = segment.lengths[static_cast<size_t>(b)];
  return {segment.ids.narrow(0, b, 1).narrow(1, 0, length), {length}};
}

MemoryState start_state(const at::Tensor& initial_memory, int64_t batch) {
  const std::vector<int64_t> none(static_cast<size_t>(batch), 0);
  return {initial_memory.unsqueeze(0).expand({batch, -1, -1}), none, none};
}

MemoryState advance(const MemoryState& state, const SegmentBatch& segment, const at::Tensor& memory) {
  MemoryState next = state;
  bool every_row_read = true;
  for (size_t b = 0; b < segment.lengths.size(); ++b) {
    next.segments[b] += segment.lengths[b] > 0;
    next.tokens[b] += segment.lengths[b];
    every_row_read &= segment.lengths[b] > 0;
  }
  next.memory =
      every_row_read ? memory : at::where(lengths_tensor(segment, 0).gt(0).view({-1, 1, 1}), memory, state.memory);
  return next;
}

at::Tensor handed_on(const at::Tensor& written, const at::Tensor& initial, MemoryScale scale) {
  if (scale == MemoryScale::written) return written;
  constexpr double kLeast = 1e-12;  // of a mean square: rows of zeros stay zeros
  const auto mean_square = [](const at::Tensor& rows) { return rows.square().mean(-1, /*keepdim=*/true); };
  return written * (mean_square(initial.detach().to(written.device())) / mean_square(written).clamp_min(kLeast)).sqrt();
}

bool row_by_row(const SegmentBatch& segment) {
  return segment.batch() > 1 && !segment.together && segment.ids.is_cpu() && !c10::GradMode::is_enabled();
}

at::Tensor lengths_tensor(const SegmentBatch& segment, int64_t extra) {
  return at::tensor(segment.lengths, segment.ids.options().dtype(at::kLong)).add(extra);
}

at::Tensor make_initial_memory(const Backbone& backbone, int64_t memory_tokens, uint64_t seed) {
  const at::Tensor& table = backbone.embedding_table();
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  return at::randn({memory_tokens, backbone.config().width}, generator).mul(at::std(table, /*unbiased=*/true).cpu());
}

}  // namespace rmt::model
