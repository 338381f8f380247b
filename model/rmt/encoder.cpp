#include "model/rmt/encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <string>

#include "model/error.h"

namespace rmt::model {

namespace {

constexpr int64_t kSpecialRows = 3;  // [CLS], the [SEP] after the memory, the [SEP] after the text

}  // namespace

RmtEncoder::RmtEncoder(std::shared_ptr<const Backbone> backbone, const RmtConfig& config, at::Tensor initial_memory,
                       int64_t cls_id, int64_t sep_id)
    : backbone_(std::move(backbone)),
      config_(config),
      initial_memory_(std::move(initial_memory)),
      cls_id_(cls_id),
      sep_id_(sep_id) {
  const BackboneConfig& base = backbone_->config();
  if (base.is_decoder()) throw Error(Errc::unsupported, "an encoder wrapper needs a BERT backbone");
  if (initial_memory_.dim() != 2 || initial_memory_.size(0) != config_.memory_tokens ||
      initial_memory_.size(1) != base.width)
    throw Error(Errc::mismatch, "initial memory " + c10::str(initial_memory_.sizes()) + " for " +
                                    std::to_string(config_.memory_tokens) + " memory tokens of width " +
                                    std::to_string(base.width));
  const int64_t most = base.max_positions - config_.memory_tokens - kSpecialRows;
  if (config_.segment_length < 1 || config_.segment_length > most)
    throw Error(Errc::unsupported, "a segment of " + std::to_string(config_.segment_length) +
                                       " tokens does not fit the backbone's " + std::to_string(base.max_positions) +
                                       " positions: choose segment-length between 1 and " + std::to_string(most));
  if (std::min(cls_id_, sep_id_) < 0 || std::max(cls_id_, sep_id_) >= base.vocab_size)
    throw Error(Errc::mismatch, "[CLS] or [SEP] lies outside the backbone's vocabulary");
}

EncoderOutput RmtEncoder::step(const SegmentBatch& segment, const MemoryState& state,
                               const AttentionObserver* observer) const {
  check_segment(segment, state, initial_memory_);
  if (const at::Device here = backbone_->device(); segment.ids.device() != here || state.memory.device() != here) {
    SegmentBatch moved = segment;
    moved.ids = segment.ids.to(here);
    MemoryState memory = state;
    memory.memory = state.memory.to(here);
    return step(moved, memory, observer);
  }
  if (segment.ids.size(1) > config_.segment_length)
    throw Error(Errc::mismatch, "a segment of " + std::to_string(segment.ids.size(1)) + " tokens where at most " +
                                    std::to_string(config_.segment_length) + " were configured");
  return row_by_row(segment) ? step_each_row(segment, state, observer) : step_batched(segment, state, observer);
}

EncoderOutput RmtEncoder::step_each_row(const SegmentBatch& segment, const MemoryState& state,
                                        const AttentionObserver* observer) const {
  std::vector<at::Tensor> cls;
  std::vector<MemoryState> states;
  for (int64_t b = 0; b < segment.batch(); ++b) {
    EncoderOutput one = step_batched(row_of(segment, b), rows_of(state, b), observer);
    cls.push_back(one.cls.squeeze(0));
    states.push_back(std::move(one.state));
  }
  return {at::stack(cls), join(states)};
}

EncoderOutput RmtEncoder::step_batched(const SegmentBatch& segment, const MemoryState& state,
                                       const AttentionObserver* observer) const {
  const int64_t batch = segment.batch(), m = config_.memory_tokens;
  if (*std::max_element(segment.lengths.begin(), segment.lengths.end()) == 0)
    return {at::zeros({batch, backbone_->config().width}, state.memory.options()),
            advance(state, segment, state.memory)};

  // The closing [SEP] stands right after a row's own text; what follows it is padding.
  at::Tensor text = at::cat({segment.ids, at::full({batch, 1}, sep_id_, segment.ids.options())}, 1);  // [B, T + 1]
  if (!segment.full()) text = text.scatter(1, lengths_tensor(segment, 0).unsqueeze(1), sep_id_);
  const auto special = [&](int64_t id) {
    return backbone_->embed(at::full({batch, 1}, id, segment.ids.options()));  // [B, 1, D]
  };
  const at::Tensor rows = at::cat({special(cls_id_), state.memory, special(sep_id_), backbone_->embed(text)}, 1);

  RowLayout layout{.causal = false, .lengths = {}, .positions = {}, .observer = observer};
  if (!segment.full()) layout.lengths = lengths_tensor(segment, m + kSpecialRows);
  const at::Tensor out = backbone_->forward(rows, layout, {0, m + 1});  // [B, 1 + M, D]: CLS and memory
  return {out.select(1, 0),
          advance(state, segment, handed_on(out.narrow(1, 1, m), initial_memory_, config_.scale).contiguous())};
}

}  // namespace rmt::model
