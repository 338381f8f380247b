#include "model/rmt/decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <string>

#include "model/error.h"

namespace rmt::model {

namespace {

// Rows are kept packed: a short row is [read ; tokens ; write ; padding], so that the causal mask alone
// hides the padding from every row that matters. Index [B, S] from packed rows to rows of
// [read ; T tokens ; write]. Its own inverse is not needed: text rows stay where they are.
at::Tensor packing(const SegmentBatch& segment, int64_t memory) {
  const int64_t text = segment.ids.size(1);
  const at::Tensor rows = at::arange(text + 2 * memory, segment.ids.options()).unsqueeze(0);  // [1, S]
  const at::Tensor written = lengths_tensor(segment, memory).unsqueeze(1);                    // [B, 1]: first write row
  const at::Tensor shift = text - (written - memory);  // [B, 1]: padding of the row
  const at::Tensor is_write = rows.ge(written).logical_and(rows.lt(written + memory));
  const at::Tensor is_padding = rows.ge(written + memory);
  return at::where(is_write, rows + shift, at::where(is_padding, rows - memory, rows));  // [B, S]
}

// The first token whose hidden state is finished; the shortest row has `shortest` tokens.
int64_t first_finished(Wanted wanted, int64_t shortest) {
  if (wanted == Wanted::hidden) return 0;
  return wanted == Wanted::last ? std::max<int64_t>(shortest - 1, 0) : shortest;
}

at::Tensor pick(const at::Tensor& x, const at::Tensor& index) {
  return at::gather(x, 1, index.unsqueeze(-1).expand({-1, -1, x.size(2)}));
}

}  // namespace

RmtDecoder::RmtDecoder(std::shared_ptr<const Backbone> backbone, const RmtConfig& config, at::Tensor initial_memory)
    : backbone_(std::move(backbone)), config_(config), initial_memory_(std::move(initial_memory)) {
  const BackboneConfig& base = backbone_->config();
  if (!base.is_decoder()) throw Error(Errc::unsupported, "a decoder wrapper needs a GPT-2 or Llama backbone, not BERT");
  if (initial_memory_.dim() != 2 || initial_memory_.size(0) != config_.memory_tokens ||
      initial_memory_.size(1) != base.width)
    throw Error(Errc::mismatch, "initial memory " + c10::str(initial_memory_.sizes()) + " for " +
                                    std::to_string(config_.memory_tokens) + " memory tokens of width " +
                                    std::to_string(base.width));
  const int64_t rows = config_.segment_length + 2 * config_.memory_tokens;
  if (config_.segment_length < 1 || rows > base.max_positions)
    throw Error(Errc::unsupported, "a segment of " + std::to_string(config_.segment_length) + " tokens and 2 x " +
                                       std::to_string(config_.memory_tokens) + " memory rows, but the backbone has " +
                                       std::to_string(base.max_positions) +
                                       " positions: choose segment-length between 1 and " +
                                       std::to_string(base.max_positions - 2 * config_.memory_tokens));
}

SegmentOutput RmtDecoder::step(const SegmentBatch& segment, const MemoryState& state, Wanted wanted,
                               const AttentionObserver* observer) const {
  check_segment(segment, state, initial_memory_);
  if (const at::Device here = backbone_->device(); segment.ids.device() != here || state.memory.device() != here) {
    SegmentBatch moved = segment;
    moved.ids = segment.ids.to(here);
    MemoryState memory = state;
    memory.memory = state.memory.to(here);
    return step(moved, memory, wanted, observer);
  }
  if (segment.ids.size(1) > config_.segment_length)
    throw Error(Errc::mismatch, "a segment of " + std::to_string(segment.ids.size(1)) + " tokens where at most " +
                                    std::to_string(config_.segment_length) + " were configured");
  return row_by_row(segment) ? step_each_row(segment, state, wanted, observer)
                             : step_batched(segment, state, wanted, observer);
}

SegmentOutput RmtDecoder::step_each_row(const SegmentBatch& segment, const MemoryState& state, Wanted wanted,
                                        const AttentionObserver* observer) const {
  SegmentOutput all;
  std::vector<MemoryState> states;
  for (int64_t b = 0; b < segment.batch(); ++b) {
    SegmentOutput one = step_batched(row_of(segment, b), rows_of(state, b), wanted, observer);
    if (one.hidden.defined()) {
      if (!all.hidden.defined())
        all.hidden = at::zeros({segment.batch(), wanted == Wanted::last ? 1 : segment.ids.size(1), one.hidden.size(2)},
                               one.hidden.options());
      all.hidden.select(0, b).narrow(0, 0, one.hidden.size(1)).copy_(one.hidden.squeeze(0));
    }
    states.push_back(std::move(one.state));
  }
  all.state = join(states);
  return all;
}

SegmentOutput RmtDecoder::step_batched(const SegmentBatch& segment, const MemoryState& state, Wanted wanted,
                                       const AttentionObserver* observer) const {
  const int64_t m = config_.memory_tokens, t = segment.ids.size(1);
  const bool nothing_read = *std::max_element(segment.lengths.begin(), segment.lengths.end()) == 0;
  if (nothing_read || (wanted == Wanted::memory && m == 0)) return {{}, advance(state, segment, state.memory)};

  at::Tensor rows = at::cat({state.memory, backbone_->embed(segment.ids), state.memory}, 1);  // [B, S, D]
  if (!segment.full()) rows = pick(rows, packing(segment, m));

  const int64_t shortest = *std::min_element(segment.lengths.begin(), segment.lengths.end());
  const int64_t first = first_finished(wanted, shortest);
  const RowRange range{m + first, t + 2 * m};
  const RowLayout layout{.causal = true, .lengths = {}, .positions = row_positions(segment), .observer = observer};
  const at::Tensor out = backbone_->forward(rows, layout, range);  // [B, R, D]

  const int64_t first_write = m - range.from;  // plus a row's length: its first write row in `out`
  at::Tensor memory;
  if (segment.full()) {
    memory = out.narrow(1, first_write + t, m);  // [B, M, D]
  } else {
    const at::Tensor index = at::arange(m, segment.ids.options()).unsqueeze(0) +
                             lengths_tensor(segment, first_write).unsqueeze(1);  // [B, M]
    memory = pick(out, index);
  }
  SegmentOutput output;
  output.state = advance(state, segment, handed_on(memory, initial_memory_, config_.scale).contiguous());
  if (wanted == Wanted::hidden) output.hidden = out.narrow(1, 0, t);
  if (wanted == Wanted::last) {
    const at::Tensor index = lengths_tensor(segment, -1 - first).clamp_min(0).unsqueeze(1);  // [B, 1]
    output.hidden = pick(out, index);
  }
  return output;
}

at::Tensor RmtDecoder::row_positions(const SegmentBatch& segment) const {
  if (config_.positions == TextPositions::shifted) return {};
  const int64_t m = config_.memory_tokens, t = config_.segment_length;
  const at::Tensor read = at::arange(t, t + m, segment.ids.options());
  const at::Tensor text = at::arange(segment.ids.size(1), segment.ids.options());
  const at::Tensor write = at::arange(t + m, t + 2 * m, segment.ids.options());
  const at::Tensor positions = at::cat({read, text, write});  // [S]
  if (segment.full()) return positions;
  return at::gather(positions.unsqueeze(0).expand({segment.batch(), -1}), 1, packing(segment, m));  // [B, S]
}

}  // namespace rmt::model
